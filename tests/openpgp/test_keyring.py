"""A decryption counts only when gpg or an unlocked key has confirmed every byte."""

import hashlib
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest

from ingest.errors import KeyringError, RejectedError
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext
from sample.send.armour import armour
from tests.openpgp.conftest import PLAIN, Read, encrypt
from tests.support.receiver import PASSPHRASE, Receiver, receiver


def test_what_was_encrypted_comes_out_with_size_hash_and_key(
    keyring: Keyring, ciphertext: Path, read_all: Read
) -> None:
    plain, read = read_all(keyring, ciphertext, max_bytes=len(PLAIN))

    assert read == PLAIN
    assert (plain.is_complete, plain.size_bytes) == (True, len(PLAIN))
    assert plain.sha256 == hashlib.sha256(PLAIN).hexdigest()


def test_both_ways_name_the_same_key(keyring: Keyring, ciphertext: Path) -> None:
    by_gpg, _ = keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)
    with keyring.unlocking():
        by_unlocked_key, _ = keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)

    assert by_gpg.key_id == by_unlocked_key.key_id
    assert by_gpg.key_id is not None


def test_a_reader_that_stops_early_still_learns_the_complete_size(
    keyring: Keyring, ciphertext: Path, read_all: Read
) -> None:
    plain, _ = read_all(keyring, ciphertext, size=10)

    assert (plain.is_complete, plain.size_bytes) == (True, len(PLAIN))


@pytest.mark.parametrize("is_unlocking", [False, True])
def test_a_readers_own_error_is_not_hidden(
    keyring: Keyring, ciphertext: Path, is_unlocking: bool
) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        keyring.unlocking() if is_unlocking else nullcontext(),
    ):
        keyring.read(ciphertext, lambda plain: plain.read(1 // 0), max_bytes=1 << 30)


@pytest.mark.parametrize("more", range(3))
def test_armour_needs_no_checksum(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver, more: int
) -> None:
    """RFC 9580 has none; gpg 2.2 calls each third of such messages manipulated."""
    message = tmp_path / "message.pgp"
    encrypt(
        bytes(1000 + more),
        message,
        keyring=keyring,
        recipient=receiver_key.fingerprint,
        options=["--compress-algo", "none"],
    )
    lines = armour(message.read_bytes()).splitlines(keepends=True)
    message.write_bytes(b"".join(line for line in lines if not line.startswith(b"=")))

    with keyring.unlocking():
        plain, content = keyring.read(message, lambda each: each.read(5000), max_bytes=5000)

    assert (plain.size_bytes, content) == (1000 + more, bytes(1000 + more))


@pytest.mark.parametrize("kept", [0, 1, 100, 1_000, 1_900_000, -1])
def test_a_cut_off_message_is_damaged(
    keyring: Keyring, ciphertext: Path, read_all: Read, kept: int
) -> None:
    ciphertext.write_bytes(ciphertext.read_bytes()[:kept])

    with pytest.raises(RejectedError, match="damaged: expected an intact OpenPGP message"):
        read_all(keyring, ciphertext)


@pytest.mark.parametrize("position", [1, 30, 200, 600, 1_500_000, -3])
def test_a_flipped_bit_never_comes_out(
    keyring: Keyring, ciphertext: Path, read_all: Read, position: int
) -> None:
    damaged = bytearray(ciphertext.read_bytes())
    damaged[position] ^= 1
    ciphertext.write_bytes(damaged)

    with pytest.raises(RejectedError):
        read_all(keyring, ciphertext)


def test_a_message_that_outgrows_its_limit_is_stopped(
    keyring: Keyring, ciphertext: Path, read_all: Read
) -> None:
    with pytest.raises(RejectedError, match=f"too_large: expected at most {len(PLAIN) - 1} bytes"):
        read_all(keyring, ciphertext, max_bytes=len(PLAIN) - 1)


def test_a_message_to_another_key_is_distinguished_from_a_damaged_one(
    ciphertext: Path, read_all: Read
) -> None:
    with receiver() as another:
        stranger = Keyring(another.home, passphrase=PASSPHRASE)

        with pytest.raises(RejectedError, match="wrong_key: expected a message to a key"):
            read_all(stranger, ciphertext)


@pytest.mark.parametrize("passphrase", ["wrong", None])
def test_a_locked_key_is_a_fault_of_the_settings_not_of_the_file(
    ciphertext: Path, receiver_key: Receiver, read_all: Read, passphrase: str | None
) -> None:
    forget = ["gpgconf", "--homedir", str(receiver_key.home), "--kill", "gpg-agent"]
    subprocess.run(forget, check=True)

    with pytest.raises(KeyringError, match="expected its passphrase in MX_GPG_PASSPHRASE"):
        read_all(Keyring(receiver_key.home, passphrase=passphrase), ciphertext)
