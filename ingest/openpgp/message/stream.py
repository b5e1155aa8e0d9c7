"""Read a stream of bytes and know the position in it; a short read is an error."""

from typing import Final, Protocol

_CHUNK_BYTES: Final = 1 << 16


class CutOffError(ValueError):
    """The stream ends before a packet does."""


class Readable(Protocol):
    """Anything that gives bytes, and none at its end."""

    def read(self, size: int, /) -> bytes: ...


class Seekable(Readable, Protocol):
    """A file, in which bytes can be skipped without being read."""

    def seek(self, position: int, /) -> int: ...


class Stream:
    """A stream that knows how many bytes were read."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.position = 0

    def read(self, size: int) -> bytes:
        """Read at most so many bytes; none at the end."""
        data = self._stream.read(size)
        self.position += len(data)
        return data

    def take(self, size: int) -> bytes:
        """Read exactly so many bytes.

        Raises:
            CutOffError: there are fewer.
        """
        data = self.read(size)
        while len(data) < size:
            more = self.read(size - len(data))
            if not more:
                raise CutOffError
            data += more
        return data

    def number(self, size: int) -> int:
        """Read a number of so many bytes, the highest first."""
        return int.from_bytes(self.take(size), "big")

    def skip(self, size: int) -> None:
        """Skip so many bytes.

        Raises:
            CutOffError: there are fewer.
        """
        while size:
            size -= len(self.take(min(size, _CHUNK_BYTES)))


class FileStream(Stream):
    """A file, read from its start; it skips bytes by seeking."""

    def __init__(self, stream: Seekable, *, size_bytes: int) -> None:
        super().__init__(stream)
        self._file = stream
        self._size_bytes = size_bytes

    def skip(self, size: int) -> None:
        self.position += size
        if self.position > self._size_bytes:
            raise CutOffError
        self._file.seek(self.position)
