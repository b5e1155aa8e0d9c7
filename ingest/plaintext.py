"""The plain bytes of one file, counted and hashed as they stream by."""

import hashlib
import io
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CHUNK_BYTES = 1 << 18


class Plaintext:
    """What comes out of a decryption; what it was is known at the end."""

    def __init__(self, descriptor: int, *, limit: float) -> None:
        """Read from a descriptor, and find its end soon after a limit in bytes."""
        self._counted = _Counted(descriptor, limit=limit)
        self._stream = io.BufferedReader(self._counted, buffer_size=CHUNK_BYTES)
        self.key_id: str | None = None
        self.is_whole = False
        """What decrypts it has vouched for every byte."""

    def read(self, size: int, /) -> bytes:
        return self._stream.read(size)

    @property
    def size_bytes(self) -> int:
        return self._counted.size_bytes

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes so far, in hex."""
        digest: str = self._counted.sha256.hexdigest()
        return digest

    def drain(self) -> None:
        """Read what is left, so that size and hash are those of the whole."""
        while self._stream.read(CHUNK_BYTES):
            pass

    def close(self) -> None:
        self._stream.close()


class _Counted(io.FileIO):
    """A descriptor that knows what has been read from it."""

    def __init__(self, descriptor: int, *, limit: float) -> None:
        super().__init__(descriptor, "rb")
        self._limit = limit
        self.size_bytes = 0
        self.sha256: Any = hashlib.sha256()

    def readinto(self, buffer: Any, /) -> int:
        if self.size_bytes > self._limit:
            return 0
        size = super().readinto(buffer) or 0
        self.size_bytes += size
        self.sha256.update(memoryview(buffer)[:size])
        return size


@contextmanager
def plaintext_pipe(*, limit: float = math.inf) -> Iterator[tuple[Plaintext, int]]:
    """Give a plaintext to read, and the descriptor to write it into, which the writer closes."""
    read_end, write_end = os.pipe()
    plain = Plaintext(read_end, limit=limit)
    try:
        yield plain, write_end
    finally:
        plain.close()
