"""The plain bytes of one file, counted and hashed as they stream by."""

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
"""What a pipe holds: with the usual 64 KiB its two ends wait for each other all the time."""


@dataclass(frozen=True, slots=True)
class Account:
    """How many bytes there were, and their SHA-256 in hex."""

    size_bytes: int
    sha256: str


class Plaintext:
    """What comes out of a decryption; what it was is known at the end."""

    def __init__(self, descriptor: int, *, limit: float) -> None:
        """Read from a descriptor, and find its end soon after a limit in bytes."""
        self._counted = _Counted(descriptor, limit=limit)
        self._stream = io.BufferedReader(self._counted, buffer_size=CHUNK_BYTES)
        self._elsewhere: Account | None = None
        self.limit = limit
        self.key_id: str | None = None
        self.signature: str | None = None
        """What is known of the signatures in it, in a word; None where there are none."""
        self.is_whole = False
        """What decrypts it has vouched for every byte."""

    def read(self, size: int, /) -> bytes:
        return self._stream.read(size)

    def fileno(self) -> int:
        """Give the descriptor to a process that reads all of it and tells what it was."""
        return self._counted.fileno()

    def was_read_elsewhere(self, account: Account) -> None:
        self._elsewhere = account

    @property
    def account(self) -> Account:
        """Tell of all bytes so far."""
        if self._elsewhere:
            return self._elsewhere
        return Account(self._counted.size_bytes, self._counted.sha256.hexdigest())

    @property
    def size_bytes(self) -> int:
        return self.account.size_bytes

    @property
    def sha256(self) -> str:
        return self.account.sha256

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


def _widen(descriptor: int) -> None:
    """Let a pipe hold more, where the system has a way to say so and allows it."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


@contextmanager
def plaintext_pipe(*, limit: float = math.inf) -> Iterator[tuple[Plaintext, int]]:
    """Give a plaintext to read, and the descriptor to write it into, which the writer closes."""
    read_end, write_end = os.pipe()
    _widen(read_end)
    plain = Plaintext(read_end, limit=limit)
    try:
        yield plain, write_end
    finally:
        plain.close()
