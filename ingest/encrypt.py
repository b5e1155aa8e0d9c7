"""Streams that gpg encrypts into a file, with no plaintext on a disk between."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.errors import KeyringError
from ingest.openpgp import Keyring

Encrypt = Callable[[Path, bool], AbstractContextManager[BinaryIO]]
"""Opens a stream whose bytes become the ciphertext of a file; says whether they are packed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How files are closed up on their way to the receiver."""

    keyring: Keyring
    recipient: str
    """The fingerprint of the receiver's key."""

    @contextmanager
    def encrypt_into(self, path: Path, is_packed: bool = False) -> Iterator[BinaryIO]:
        """Open a stream whose bytes gpg encrypts into a file.

        Raises:
            KeyringError: gpg refused.
        """
        read_end, write_end = os.pipe()

        def encrypt() -> None:
            with os.fdopen(read_end, "rb") as source:
                self.keyring.encrypt(
                    source, output=path, recipient=self.recipient, is_packed=is_packed
                )

        with ThreadPoolExecutor(max_workers=1) as executor:
            encryption = executor.submit(encrypt)
            # when gpg refuses, the pipe breaks first, and gpg's own words come with the result
            with suppress(BrokenPipeError), os.fdopen(write_end, "wb") as stream:
                yield stream
            encryption.result()


def to_newest_key(keyring: Keyring) -> Encrypt:
    """Encrypt to the newest key pair of a keyring, which is looked for when it is first needed."""

    @contextmanager
    def encrypt_into(path: Path, is_packed: bool) -> Iterator[BinaryIO]:
        keys = keyring.private_keys()
        if not keys:
            raise KeyringError(
                "a file came in the clear: expected a key pair to encrypt it to, found none; "
                "make one with: ingest keys new"
            )
        post = Post(keyring=keyring, recipient=keys[-1].fingerprint)
        with post.encrypt_into(path, is_packed) as stream:
            yield stream

    return encrypt_into
