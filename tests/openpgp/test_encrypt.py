"""Streams are encrypted into files, and gpg's refusal names the key."""

from pathlib import Path

import pytest

from ingest.errors import KeyringError
from ingest.openpgp.encrypt import Post, to_newest_key
from ingest.openpgp.keyring import Keyring
from tests.openpgp.conftest import encrypt
from tests.support.receiver import Receiver


def test_encrypting_to_nobody_says_so(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(KeyringError, match="key nobody: expected gpg to encrypt"):
        encrypt(b"x", tmp_path / "x.pgp", keyring=keyring, recipient="nobody")


def test_a_path_that_gpg_cannot_write_is_named_in_its_words(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver
) -> None:
    with pytest.raises(KeyringError, match=r"found: .*No such file or directory"):
        encrypt(b"x", tmp_path / "no" / "x", keyring=keyring, recipient=receiver_key.fingerprint)


def test_a_writers_own_error_is_not_hidden(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver
) -> None:
    post = Post(keyring=keyring, recipient=receiver_key.fingerprint)

    with pytest.raises(ZeroDivisionError), post.encrypt_into(tmp_path / "x") as stream:
        stream.write(bytes([1 // 0]))


@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_file_is_encrypted_to_the_newest_key(
    tmp_path: Path, keyring: Keyring, is_compressed: bool
) -> None:
    path = tmp_path / "x.pgp"
    with to_newest_key(keyring)(path, is_compressed) as stream:
        stream.write(b"plain")

    with keyring.decrypt(path, max_bytes=10) as plain:
        assert plain.read(10) == b"plain"


def test_without_a_key_pair_the_next_step_is_named(tmp_path: Path) -> None:
    (tmp_path / "g").mkdir(mode=0o700)
    encrypt_into = to_newest_key(Keyring(tmp_path / "g"))

    with pytest.raises(KeyringError, match="make one with: ingest keys new"):
        encrypt_into(tmp_path / "x", False).__enter__()
