"""Keys are unlocked once for many files, and gpg goes on where that fails."""

import os
import signal
from pathlib import Path

import pytest

from ingest.openpgp.gnupg_home import GnupgHome
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext
from ingest.openpgp.unlocked import PAYS_AFTER_FILES
from tests.openpgp.conftest import PLAIN, encrypt
from tests.support.receiver import PASSPHRASE, Receiver


@pytest.mark.usefixtures("no_gpg")
def test_a_large_file_alone_is_worth_unlocking_a_key(keyring: Keyring, ciphertext: Path) -> None:
    with keyring.unlocking():
        plain, _ = keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)

    assert plain.size_bytes == len(PLAIN)


def test_small_files_are_worth_unlocking_a_key_once_they_are_many(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver, request: pytest.FixtureRequest
) -> None:
    small = tmp_path / "small.pgp"
    encrypt(b"x", small, keyring=keyring, recipient=receiver_key.fingerprint)
    with keyring.unlocking():
        for _ in range(PAYS_AFTER_FILES):
            keyring.read(small, Plaintext.drain, max_bytes=10)
        request.getfixturevalue("no_gpg")

        assert keyring.read(small, lambda plain: plain.read(10), max_bytes=10)[1] == b"x"


@pytest.mark.parametrize("fault", ["killed", "without a key"])
def test_gpg_goes_on_where_unlocked_keys_fail(
    keyring: Keyring, ciphertext: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault == "without a key":
        monkeypatch.setattr(GnupgHome, "export_private", lambda *_, **__: [])
    with keyring.unlocking():
        keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)
        if fault == "killed":
            assert keyring._unlocked
            [process_id] = keyring._unlocked.workers.process_ids
            os.kill(process_id, signal.SIGKILL)
        _, read = keyring.read(ciphertext, lambda plain: plain.read(1 << 30), max_bytes=1 << 30)

    assert read == PLAIN


def test_a_keyring_that_may_not_unlock_never_hands_a_secret_key_out(
    receiver_key: Receiver, ciphertext: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(GnupgHome, "export_private")
    keyring = Keyring(receiver_key.home, passphrase=PASSPHRASE, may_unlock=False)
    with keyring.unlocking():
        plain, _ = keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)

    assert plain.is_complete
