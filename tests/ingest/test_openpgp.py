"""gpg is believed only when it vouches for every byte."""

import io
import os
import subprocess
from pathlib import Path

import pytest

from ingest.errors import KeyringError, RejectedError
from ingest.openpgp import Keyring
from tests.support.receiver import PASSPHRASE, Receiver, receiver

# What gpg cannot compress, so that it comes out in many chunks.
PLAIN = os.urandom(3_000_000)


@pytest.fixture
def ciphertext(tmp_path: Path, keyring: Keyring, receiver_key: Receiver) -> Path:
    path = tmp_path / "file.pgp"
    keyring.encrypt(io.BytesIO(PLAIN), output=path, recipient=receiver_key.fingerprint)
    return path


def read_all(keyring: Keyring, ciphertext: Path, *, max_bytes: int = 1 << 30) -> bytes:
    with keyring.decrypt(ciphertext, max_bytes=max_bytes) as plain:
        return plain.stream.read()


def test_what_was_encrypted_comes_out_with_size_hash_and_key(
    keyring: Keyring, ciphertext: Path
) -> None:
    with keyring.decrypt(ciphertext, max_bytes=len(PLAIN)) as plain:
        assert plain.stream.read() == PLAIN

    assert (plain.is_whole, plain.size_bytes) == (True, len(PLAIN))
    assert plain.key_id is not None


def test_a_reader_that_stops_early_still_learns_the_whole_size(
    keyring: Keyring, ciphertext: Path
) -> None:
    with keyring.decrypt(ciphertext, max_bytes=1 << 30) as plain:
        plain.read(10)

    assert (plain.is_whole, plain.size_bytes) == (True, len(PLAIN))


def test_a_readers_own_error_is_not_hidden(keyring: Keyring, ciphertext: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        keyring.decrypt(ciphertext, max_bytes=1 << 30) as plain,
    ):
        plain.read(1 // 0)


@pytest.mark.parametrize("kept", [0, 1, 100, 1_000, 2_000_000, -1])
def test_a_cut_off_message_is_damaged(keyring: Keyring, ciphertext: Path, kept: int) -> None:
    ciphertext.write_bytes(ciphertext.read_bytes()[:kept])

    with pytest.raises(RejectedError, match="damaged: expected an intact OpenPGP message"):
        read_all(keyring, ciphertext)


@pytest.mark.parametrize("position", [1, 30, 200, 600, 1_500_000, -3])
def test_a_flipped_bit_never_comes_out(keyring: Keyring, ciphertext: Path, position: int) -> None:
    damaged = bytearray(ciphertext.read_bytes())
    damaged[position] ^= 1
    ciphertext.write_bytes(damaged)

    with pytest.raises(RejectedError):
        read_all(keyring, ciphertext)


def test_a_message_that_outgrows_its_limit_is_stopped(keyring: Keyring, ciphertext: Path) -> None:
    with pytest.raises(RejectedError, match=f"too_large: expected at most {len(PLAIN) - 1} bytes"):
        read_all(keyring, ciphertext, max_bytes=len(PLAIN) - 1)


def test_a_message_to_another_key_is_told_from_a_damaged_one(ciphertext: Path) -> None:
    with receiver() as another:
        stranger = Keyring(another.home, passphrase=PASSPHRASE)

        with pytest.raises(RejectedError, match="wrong_key: expected a message to a key"):
            read_all(stranger, ciphertext)


@pytest.mark.parametrize("passphrase", ["wrong", None])
def test_a_locked_key_is_a_fault_of_the_settings_not_of_the_file(
    ciphertext: Path, receiver_key: Receiver, passphrase: str | None
) -> None:
    forget = ["gpgconf", "--homedir", str(receiver_key.home), "--kill", "gpg-agent"]
    subprocess.run(forget, check=True)

    with pytest.raises(KeyringError, match="expected its passphrase in MX_GPG_PASSPHRASE"):
        read_all(Keyring(receiver_key.home, passphrase=passphrase), ciphertext)


def test_a_missing_home_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="make one with: ingest keys new"):
        Keyring(tmp_path / "none")


def test_a_missing_gpg_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(KeyringError, match="install it with: sudo apt-get install gnupg"):
        Keyring(tmp_path)


def test_encrypting_to_nobody_says_so(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(KeyringError, match="key nobody: expected gpg to encrypt"):
        keyring.encrypt(io.BytesIO(b"x"), output=tmp_path / "x.pgp", recipient="nobody")


def test_a_public_key_goes_from_one_home_to_another(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver
) -> None:
    armour = keyring.export_public(receiver_key.fingerprint)
    (tmp_path / "g").mkdir(mode=0o700)
    sender = Keyring(tmp_path / "g")

    assert sender.import_public(armour) == receiver_key.fingerprint
    assert sender.private_keys() == []


def test_text_that_is_no_key_is_not_imported(keyring: Keyring) -> None:
    with pytest.raises(KeyringError, match="expected ASCII armour"):
        keyring.import_public("nothing of the kind")


def test_exporting_an_unknown_key_says_where_to_look(keyring: Keyring) -> None:
    with pytest.raises(KeyringError, match="ingest keys list"):
        keyring.export_public("0" * 40)
