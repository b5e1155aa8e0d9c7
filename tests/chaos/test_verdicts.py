"""A damaged message has one verdict, whoever opens it: gpg, an unlocked key, or gpg alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.test_damage import DAMAGES, damage
from tests.openpgp.landed_messages import LANDED
from tests.openpgp.test_messages import outcomes
from tests.support.messages import Post, post
from tests.support.receiver import receiver

FORMS = ("usual", "text, signed", "in small parts", "compressed twice", "zip")


@pytest.fixture(scope="module")
def sent() -> Iterator[Post]:
    with receiver() as made, post(made) as senders:
        yield senders


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_message_has_one_verdict(sent: Post, tmp_path: Path, form: str) -> None:
    whole, path = LANDED[form](sent), tmp_path / "message.pgp"
    landed = {verdict[1] for verdict in _of(sent, path, whole)}
    for seed in range(DAMAGES // 4):
        found = _of(sent, path, damage(whole, seed=seed))

        assert len(found) == 1, f"seed {seed}"
        assert all(verdict[0] == "rejected" or verdict[1] in landed for verdict in found)


def _of(sent: Post, path: Path, message: bytes) -> set[tuple[str, str, str | None]]:
    path.write_bytes(message)
    return set(outcomes(sent, path))
