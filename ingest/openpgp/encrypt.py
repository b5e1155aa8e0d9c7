"""Streams that gpg encrypts into a file, with no plaintext on a disk between."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from ingest.errors import KeyringError
from ingest.openpgp.keyring import Keyring

QUICK: Final = ("--compress-level", "1")
"""A third of the time of gpg's own level, for 5 in 100 more bytes."""
AS_IT_IS: Final = ("--compress-algo", "none")
"""A tenth of that time again, for what is compressed already."""

Encrypt = Callable[[Path, bool], AbstractContextManager[BinaryIO]]
"""Opens a stream whose bytes become the ciphertext of a file; told whether they are compressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How files are closed up on their way to the receiver."""

    keyring: Keyring
    recipient: str
    """The fingerprint of the receiver's key."""
    options: tuple[str, ...] = ()
    """More of gpg's own."""

    @contextmanager
    def encrypt_into(self, path: Path) -> Iterator[BinaryIO]:
        """Open a stream whose bytes gpg encrypts into a file.

        Raises:
            KeyringError: gpg refused.
        """
        read_end, write_end = os.pipe()

        def encrypt() -> None:
            with os.fdopen(read_end, "rb") as source:
                self.keyring.encrypt(
                    source, output=path, recipient=self.recipient, options=self.options
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
        options = AS_IT_IS if is_packed else QUICK
        post = Post(keyring=keyring, recipient=keys[-1].fingerprint, options=options)
        with post.encrypt_into(path) as stream:
            yield stream

    return encrypt_into
