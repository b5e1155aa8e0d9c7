"""Count and hash the plain bytes of one file while they are read."""

import fcntl
import hashlib
import io
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

CHUNK_BYTES = 1 << 18
PIPE_BYTES = 1 << 20
"""Size of a pipe: with the usual 64 KiB its two ends wait for each other all the time."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The number of bytes, and their SHA-256 in hex."""

    size_bytes: int
    sha256: str


class Plaintext:
    """The output of a decryption; size, hash and key are known at its end."""

    def __init__(self, descriptor: int, *, limit: float) -> None:
        """Read from a descriptor; the stream ends soon after a limit in bytes."""
        self._counted = _Counted(descriptor, limit=limit)
        self._stream = io.BufferedReader(self._counted, buffer_size=CHUNK_BYTES)
        self._elsewhere: Totals | None = None
        self.limit = limit
        self.key_id: str | None = None
        self.signature: str | None = None
        """One word about its signatures; None where there are none."""
        self.is_complete = False
        """True once the decryptor has confirmed integrity."""

    def read(self, size: int, /) -> bytes:
        return self._stream.read(size)

    def fileno(self) -> int:
        """Give the descriptor to a process that reads all of it and reports the totals."""
        return self._counted.fileno()

    def was_read_elsewhere(self, totals: Totals) -> None:
        """Take the totals from another process that has read the bytes."""
        self._elsewhere = totals

    @property
    def totals(self) -> Totals:
        """Give size and hash of all bytes so far."""
        if self._elsewhere:
            return self._elsewhere
        return Totals(self._counted.size_bytes, self._counted.sha256.hexdigest())

    @property
    def size_bytes(self) -> int:
        return self.totals.size_bytes

    @property
    def sha256(self) -> str:
        return self.totals.sha256

    def drain(self) -> None:
        """Read the rest, so that size and hash are those of the complete file."""
        while self._stream.read(CHUNK_BYTES):
            pass

    def close(self) -> None:
        self._stream.close()


class _Counted(io.FileIO):
    """A descriptor that counts and hashes what is read from it."""

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


def _widen(descriptor: int) -> None:
    """Enlarge a pipe where the system can and allows it."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


@contextmanager
def plaintext_pipe(*, limit: float = math.inf) -> Iterator[tuple[Plaintext, int]]:
    """Open a pipe: a plaintext to read, and a descriptor that its writer closes."""
    read_end, write_end = os.pipe()
    _widen(read_end)
    plain = Plaintext(read_end, limit=limit)
    try:
        yield plain, write_end
    finally:
        plain.close()
