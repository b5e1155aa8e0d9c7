"""gpg, an unlocked key and gpg alone reach the same outcome for the same bytes."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from ingest.errors import RejectedError
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext
from ingest.openpgp.unlocked import PAYS_AFTER_FILES
from tests.conftest import Ingest
from tests.openpgp.landed_messages import LANDED, OTHER_CONTENTS, SIGNATURES
from tests.openpgp.message_parts import (
    ANOTHER_KEY,
    STRANGERS_KEY,
    Make,
    around,
    signed_and_sealed,
    usual_form,
    with_other_contents,
)
from tests.openpgp.rejected_messages import REJECTED
from tests.support.messages import (
    PLAIN,
    Post,
    first_fingerprint,
    gnupg_home,
    post,
    run_gpg,
)
from tests.support.receiver import PASSPHRASE, receiver
from tests.support.sender import Sender, avro_bytes, users

Outcome = tuple[str, str, str | None]

OPENED: Final = ("landed", "listed")
WAYS: Final = ((True, 0), (True, PAYS_AFTER_FILES), (False, 0))
"""Alone, behind others, and where secret keys may not leave gpg."""


@pytest.fixture(scope="module")
def sent() -> Iterator[Post]:
    with receiver() as made, post(made) as senders:
        yield senders


def _outcome(keyring: Keyring, path: Path) -> Outcome:
    try:
        plain, _ = keyring.read(path, Plaintext.drain, max_bytes=1 << 20)
    except RejectedError as error:
        prefix = "" if error.reason == "damaged" else f"{error.reason}: "
        return "rejected", prefix + error.found, error.expected
    return "landed", plain.sha256, plain.signature


@contextmanager
def _reading(sent: Post, *, may_unlock: bool, files_before: int) -> Iterator[Keyring]:
    keyring = Keyring(sent.receiver.home, passphrase=PASSPHRASE, may_unlock=may_unlock)
    with keyring.unlocking():
        if keyring._unlocked:
            keyring._unlocked._files = files_before
        yield keyring


def outcomes(sent: Post, path: Path) -> list[Outcome]:
    found = []
    for may_unlock, files_before in WAYS:
        with _reading(sent, may_unlock=may_unlock, files_before=files_before) as keyring:
            found.append(_outcome(keyring, path))
    return found


@pytest.mark.parametrize("name", LANDED)
def test_a_message_lands_whoever_opens_it(sent: Post, tmp_path: Path, name: str) -> None:
    path = tmp_path / "message.pgp"
    path.write_bytes(LANDED[name](sent))

    reached = outcomes(sent, path)

    expected = hashlib.sha256(OTHER_CONTENTS.get(name, PLAIN)).hexdigest()
    assert reached[0][:2] == ("landed", expected)
    assert set(reached) == {(*reached[0][:2], SIGNATURES.get(name))}


@pytest.mark.parametrize("name", REJECTED)
def test_anything_but_a_complete_message_is_rejected_alike_by_all(
    sent: Post, tmp_path: Path, name: str
) -> None:
    make, found = REJECTED[name]
    path = tmp_path / "message.pgp"
    path.write_bytes(make(sent))

    reached = outcomes(sent, path)

    assert set(reached) == {reached[0]}
    assert reached[0][:2] == ("rejected", found)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (
            signed_and_sealed(with_other_contents, by="known@localhost"),
            "damaged: expected an intact OpenPGP message, found one with a bad signature of 0x",
        ),
        (
            around(usual_form, to=ANOTHER_KEY),
            "wrong_key: expected a message to a key of this keyring, "
            "found one encrypted to another key 0x",
        ),
        (
            around(lambda key, data: usual_form(b"\3" + bytes(8) + key[9:], data), to=ANOTHER_KEY),
            "wrong_key: expected a message to a key of this keyring, "
            "found one encrypted to another key that it does not name",
        ),
    ],
    ids=["bad signature", "another key", "another key, hidden"],
)
def test_all_name_the_same_key(sent: Post, tmp_path: Path, make: Make, found: str) -> None:
    path = tmp_path / "message.pgp"
    path.write_bytes(make(sent))
    for may_unlock, files_before in WAYS:
        with (
            _reading(sent, may_unlock=may_unlock, files_before=files_before) as keyring,
            pytest.raises(RejectedError, match=f"^{found}"),
        ):
            keyring.read(path, Plaintext.drain, max_bytes=1 << 20)


@pytest.mark.parametrize("algorithms", [("rsa2048", ""), ("ed25519", "cv25519"), ("nistp256", "")])
def test_each_kind_of_key_opens_alike_in_all_ways(
    tmp_path: Path, algorithms: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a primary key that encrypts, which a key for all purposes is."""
    primary, subkey = algorithms
    message = tmp_path / "message.pgp"
    with gnupg_home() as home:
        _make_key(home, primary, subkey)
        message.write_bytes(run_gpg(home, "--recipient", "r@localhost", "--encrypt", data=PLAIN))
        found = [
            Keyring(home, passphrase=PASSPHRASE).read(message, Plaintext.drain, max_bytes=9999)
        ]
        keyring = Keyring(home, passphrase=PASSPHRASE)
        monkeypatch.delattr(Keyring, "_decrypting")
        with keyring.unlocking():
            assert keyring._unlocked
            keyring._unlocked._files = PAYS_AFTER_FILES
            found.append(keyring.read(message, Plaintext.drain, max_bytes=9999))

    facts = {(plain.sha256, plain.key_id) for plain, _ in found}
    assert {sha256 for sha256, _ in facts} == {hashlib.sha256(PLAIN).hexdigest()}
    assert len(facts) == 1


def _make_key(home: Path, primary: str, subkey: str) -> None:
    usage = "sign,encrypt" if primary.startswith("rsa") else "sign"
    run_gpg(home, "--quick-gen-key", "r@localhost", primary, usage, "never")
    if not primary.startswith("rsa"):
        run_gpg(
            home, "--quick-add-key", first_fingerprint(home), subkey or primary, "encrypt", "never"
        )


class SigningSender(Sender):
    """A sender who signs all, and whose public key the receiver does not have."""

    post: Post

    def encrypt(self, plain: bytes, path: Path) -> None:
        signed = self.post.seal(plain, "--local-user", STRANGERS_KEY, "--sign", plain_form=True)
        path.write_bytes(signed)


@pytest.mark.parametrize("resources", [["users"], ["users", "tags", "goals", "budgets", "members"]])
@pytest.mark.parametrize("may_unlock", [True, False])
def test_the_ledger_says_that_a_signature_was_not_checked(
    sent: Post, ingest: Ingest, sender: Sender, data: Path, resources: list[str], may_unlock: bool
) -> None:
    keys = Keyring(sent.receiver.home, passphrase=PASSPHRASE, may_unlock=may_unlock)
    signing = SigningSender(folder=sender.folder, keyring=keys, recipient="")
    signing.post = sent
    for resource in resources:
        signing.send(avro_bytes(users("a")), resource=resource, record_count=1)
    signing.send_manifest()

    summary = ingest(keys=keys)

    assert summary.files_landed == len(resources)
    lines = [
        line for path in (data / "ledger").glob("*.jsonl") for line in path.read_text().splitlines()
    ]
    records = [record for line in lines if (record := json.loads(line))["what"] in OPENED]
    assert len(records) == len(resources) + 1
    assert {record["signature"] for record in records} == {"not checked"}
