"""A file on its way into a scratch folder: ciphertext as it comes, anything else encrypted first.

Rule: a body may be OpenPGP, binary or armoured, or plain Avro, which only its first bytes tell
(MX documents neither; it is seen in its samples).
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.delivery.avro import MAGIC
from ingest.openpgp.encrypt import Encrypt

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file's ciphertext, fetched and on the disk, but not yet archived."""

    path: Path
    size_bytes: int
    sha256: str
    plain_sha256: str | None = None
    """Of what has come, where that was plain and the ciphertext is ours."""


class Download:
    """One file that comes; an attempt goes on where the last broke off."""

    def __init__(self, scratch: Path, *, encrypt: Encrypt) -> None:
        descriptor, path = tempfile.mkstemp(prefix="download-", dir=scratch)
        os.close(descriptor)
        self._path = Path(path)
        self._encrypt = encrypt
        self._begin()

    def _begin(self) -> None:
        self._open = ExitStack()
        self._target: BinaryIO | None = None
        self._is_plain = False
        self._head = b""
        self._sha256 = hashlib.sha256()
        self._size = 0

    def attempt(self, open_at: Callable[[int], AbstractContextManager[BinaryIO]]) -> Fetched:
        """Read on from where the last attempt ended.

        Raises:
            SourceError: the source broke off; what has come is kept for the next attempt.
            KeyringError: what comes is plain, and gpg will not encrypt it.
        """
        with open_at(self._size) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                self._take(chunk)
        return self._finish()

    def restart(self) -> None:
        """Forget what has come, as the source's file has changed meanwhile."""
        self._open.close()
        os.truncate(self._path, 0)
        self._begin()

    def discard(self) -> None:
        """Free the space of what has come, as the rest will not."""
        self._open.close()
        self._path.unlink()

    def _take(self, chunk: bytes) -> None:
        self._sha256.update(chunk)
        self._size += len(chunk)
        if self._target is None:
            self._head += chunk
            if len(self._head) < len(MAGIC):
                return
            chunk = self._head
            self._target = self._choose_target()
        self._target.write(chunk)

    def _choose_target(self) -> BinaryIO:
        self._is_plain = self._head.startswith(MAGIC)
        if not self._is_plain:
            return self._open.enter_context(self._path.open("wb"))
        return self._open.enter_context(self._encrypt(self._path, _is_packed(self._head)))

    def _finish(self) -> Fetched:
        if self._target is None:
            self._target = self._choose_target()
            self._target.write(self._head)
        self._open.close()
        with self._path.open("rb") as stored:
            os.fsync(stored.fileno())
            if not self._is_plain:
                return Fetched(
                    path=self._path, size_bytes=self._size, sha256=self._sha256.hexdigest()
                )
            return Fetched(
                path=self._path,
                size_bytes=os.fstat(stored.fileno()).st_size,
                sha256=hashlib.file_digest(stored, "sha256").hexdigest(),
                plain_sha256=self._sha256.hexdigest(),
            )


def _is_packed(head: bytes) -> bool:
    """Say whether a container is compressed, as far as its first bytes tell: it holds its codec."""
    return b"avro.codec" in head and b"avro.codec\x08null" not in head
