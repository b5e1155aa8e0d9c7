"""A decryption is believed only when every byte is vouched for, by gpg or by an unlocked key."""

import hashlib
import io
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from ingest.errors import KeyringError, RejectedError, SettingsError
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.plaintext import Plaintext
from ingest.openpgp.unlocked import PAYS_AFTER_FILES, PAYS_FROM_BYTES
from ingest.openpgp.unlocked_process import unlock
from sample.send.armour import armour
from tests.support.receiver import PASSPHRASE, Receiver, receiver

# What cannot be compressed, so that it comes out in many chunks and is worth an unlocked key.
PLAIN = os.urandom(PAYS_FROM_BYTES + 1_000_000)

Read = Callable[..., tuple[Plaintext, bytes]]


@pytest.fixture
def ciphertext(tmp_path: Path, keyring: Keyring, receiver_key: Receiver) -> Path:
    path = tmp_path / "file.pgp"
    keyring.encrypt(io.BytesIO(PLAIN), output=path, recipient=receiver_key.fingerprint)
    return path


@pytest.fixture(params=["gpg", "unlocked"])
def read_all(request: pytest.FixtureRequest) -> Read:
    """Read a file whole, by gpg or with keys unlocked for many files."""

    def read(
        keyring: Keyring, ciphertext: Path, *, size: int = 1 << 30, max_bytes: int = 1 << 30
    ) -> tuple[Plaintext, bytes]:
        with keyring.unlocking() if request.param == "unlocked" else nullcontext():
            return keyring.read(ciphertext, lambda plain: plain.read(size), max_bytes=max_bytes)

    return read


@pytest.fixture
def no_gpg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show that gpg has no part in a decryption."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("gpg was asked")

    monkeypatch.setattr(Keyring, "_decrypting", refuse)


def test_what_was_encrypted_comes_out_with_size_hash_and_key(
    keyring: Keyring, ciphertext: Path, read_all: Read
) -> None:
    plain, read = read_all(keyring, ciphertext, max_bytes=len(PLAIN))

    assert read == PLAIN
    assert (plain.is_whole, plain.size_bytes) == (True, len(PLAIN))
    assert plain.sha256 == hashlib.sha256(PLAIN).hexdigest()


def test_both_ways_name_the_same_key(keyring: Keyring, ciphertext: Path) -> None:
    by_gpg, _ = keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)
    with keyring.unlocking():
        by_unlocked_key, _ = keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)

    assert by_gpg.key_id == by_unlocked_key.key_id
    assert by_gpg.key_id is not None


def test_a_reader_that_stops_early_still_learns_the_whole_size(
    keyring: Keyring, ciphertext: Path, read_all: Read
) -> None:
    plain, _ = read_all(keyring, ciphertext, size=10)

    assert (plain.is_whole, plain.size_bytes) == (True, len(PLAIN))


@pytest.mark.parametrize("is_unlocking", [False, True])
def test_a_readers_own_error_is_not_hidden(
    keyring: Keyring, ciphertext: Path, is_unlocking: bool
) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        keyring.unlocking() if is_unlocking else nullcontext(),
    ):
        keyring.read(ciphertext, lambda plain: plain.read(1 // 0), max_bytes=1 << 30)


@pytest.mark.usefixtures("no_gpg")
def test_a_large_file_alone_is_worth_unlocking_a_key(keyring: Keyring, ciphertext: Path) -> None:
    with keyring.unlocking():
        plain, _ = keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)

    assert plain.size_bytes == len(PLAIN)


def test_small_files_are_worth_unlocking_a_key_once_they_are_many(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver, request: pytest.FixtureRequest
) -> None:
    small = tmp_path / "small.pgp"
    keyring.encrypt(io.BytesIO(b"x"), output=small, recipient=receiver_key.fingerprint)
    with keyring.unlocking():
        for _ in range(PAYS_AFTER_FILES):
            keyring.read(small, Plaintext.drain, max_bytes=10)
        request.getfixturevalue("no_gpg")

        assert keyring.read(small, lambda plain: plain.read(10), max_bytes=10)[1] == b"x"


@pytest.mark.parametrize("more", range(3))
def test_armour_needs_no_checksum(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver, more: int
) -> None:
    """RFC 9580 has none; gpg 2.2 calls each third of such messages manipulated."""
    message = tmp_path / "message.pgp"
    keyring.encrypt(
        io.BytesIO(bytes(1000 + more)),
        output=message,
        recipient=receiver_key.fingerprint,
        options=["--compress-algo", "none"],
    )
    lines = armour(message.read_bytes()).splitlines(keepends=True)
    message.write_bytes(b"".join(line for line in lines if not line.startswith(b"=")))

    with keyring.unlocking():
        plain, content = keyring.read(message, lambda each: each.read(5000), max_bytes=5000)

    assert (plain.size_bytes, content) == (1000 + more, bytes(1000 + more))


@pytest.mark.parametrize("fault", ["killed", "without a key"])
def test_gpg_goes_on_where_unlocked_keys_fail(
    keyring: Keyring, ciphertext: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault == "without a key":
        monkeypatch.setattr(Keyring, "_export_private", lambda _: [])
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
    monkeypatch.delattr(Keyring, "_export_private")
    keyring = Keyring(receiver_key.home, passphrase=PASSPHRASE, may_unlock=False)
    with keyring.unlocking():
        plain, _ = keyring.read(ciphertext, Plaintext.drain, max_bytes=1 << 30)

    assert plain.is_whole


@pytest.mark.parametrize("passphrase", ["wrong", None])
def test_a_key_stays_shut_without_its_passphrase(keyring: Keyring, passphrase: str | None) -> None:
    exported = keyring._export_private()

    assert exported
    assert [unlock(key, passphrase=passphrase) for key in exported] == [{}] * len(exported)
    assert unlock(b"no key", passphrase=PASSPHRASE) == {}


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


def test_a_message_to_another_key_is_told_from_a_damaged_one(
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


def test_a_missing_home_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make one with: ingest keys new"):
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
