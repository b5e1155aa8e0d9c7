"""What a disk does to stored files and to the ledger is told; nothing else comes of it."""

import random
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.errors import LedgerError
from ingest.landing.stored_files import check_files
from ingest.openpgp.keyring import Keyring
from ingest.operations import make_anew
from ingest.store.index.catch_up import open_state
from ingest.store.index.tables.database import NAME
from ingest.warehouse.build.guard import check_ledger
from ingest.warehouse.replay import verify_files
from tests.chaos.test_damage import DAMAGES, damage
from tests.conftest import Ingest
from tests.support.ledger import open_once, read_state
from tests.support.sender import Sender
from tests.support.status import RULES


@pytest.fixture
def stored(sender: Sender, ingest: Ingest, data: Path) -> dict[Path, bytes]:
    """All that a day has left in landing and archive."""
    sender.send_users(*(f"guid-{number}" for number in range(50)))
    sender.send_users("a", event="updated")
    sender.send_users(event="deleted")
    sender.send_manifest()
    assert ingest().alarms == 0
    folders = (data / "landing", data / "archive")
    return {
        path: path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_no_damage_to_a_stored_file_goes_unseen(stored: dict[Path, bytes], data: Path) -> None:
    now = datetime.now(tz=UTC)
    for seed in range(DAMAGES):
        path = random.Random(seed).choice(list(stored))  # noqa: S311 - repeatable
        path.write_bytes(damage(stored[path], seed=seed))

        with open_state(data / "ledger") as state:
            found = check_files(data, state, now=now).damaged

        assert [data / each.path for each in found] == [path]
        path.write_bytes(stored[path])


def test_what_was_damaged_in_the_landing_is_made_anew(
    stored: dict[Path, bytes], data: Path, keyring: Keyring
) -> None:
    landed = [path for path in stored if path.is_relative_to(data / "landing")]
    for seed, path in enumerate(landed * (DAMAGES // 50)):
        path.write_bytes(damage(path.read_bytes(), seed=seed))

        make_anew(data=data, keyring=keyring, rules=RULES)

        assert path.read_bytes() == stored[path]
    assert verify_files(data).damaged == []


def test_a_damaged_ledger_is_read_by_all_or_named_by_all(
    stored: dict[Path, bytes], data: Path
) -> None:
    """All of it is read, by an index that is made anew, or by a build."""
    [path] = (data / "ledger").glob("*.jsonl")
    whole = path.read_bytes()
    landed = set(read_state(data / "ledger").landed)
    for seed in range(DAMAGES):
        path.write_bytes(damage(whole, seed=seed))

        said = set()
        for read in (
            lambda: read_state(data / "ledger"),
            lambda: check_ledger(data, None, is_anew=True),
            lambda: open_once(data / "ledger"),
        ):
            (data / "ledger" / NAME).unlink(missing_ok=True)
            try:
                read()
            except LedgerError as error:
                said.add(str(error))
            else:
                said.add("")
        assert len(said) == 1
        with suppress(LedgerError):
            assert len(read_state(data / "ledger").landed) <= len(landed)
