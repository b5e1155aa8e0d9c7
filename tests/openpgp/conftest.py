"""A ciphertext that is worth an unlocked key, and two ways to read it."""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from ingest.openpgp.encrypt import Post
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext
from ingest.openpgp.unlocked import PAYS_FROM_BYTES
from tests.support.receiver import Receiver

# Random bytes are not compressed: the plaintext comes out in many chunks.
PLAIN = os.urandom(PAYS_FROM_BYTES + 1_000_000)

Read = Callable[..., tuple[Plaintext, bytes]]


def encrypt(
    plain: bytes, path: Path, *, keyring: Keyring, recipient: str, options: Sequence[str] = ()
) -> None:
    post = Post(keyring=keyring, recipient=recipient, options=tuple(options))
    with post.encrypt_into(path) as stream:
        stream.write(plain)


@pytest.fixture
def ciphertext(tmp_path: Path, keyring: Keyring, receiver_key: Receiver) -> Path:
    path = tmp_path / "file.pgp"
    encrypt(PLAIN, path, keyring=keyring, recipient=receiver_key.fingerprint)
    return path


@pytest.fixture(params=["gpg", "unlocked"])
def read_all(request: pytest.FixtureRequest) -> Read:
    """Read a complete file, by gpg or with keys unlocked for many files."""

    def read(
        keyring: Keyring, ciphertext: Path, *, size: int = 1 << 30, max_bytes: int = 1 << 30
    ) -> tuple[Plaintext, bytes]:
        with keyring.unlocking() if request.param == "unlocked" else nullcontext():
            return keyring.read(ciphertext, lambda plain: plain.read(size), max_bytes=max_bytes)

    return read


@pytest.fixture
def no_gpg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail as soon as gpg is asked to decrypt."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("gpg was asked")

    monkeypatch.setattr(Keyring, "_decrypting", refuse)
