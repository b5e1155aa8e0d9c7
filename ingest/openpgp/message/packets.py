"""Read the packets of an OpenPGP message one after the other (RFC 9580, 4.2 and 5)."""

from collections.abc import Iterator
from enum import IntEnum
from typing import Final, Protocol

_FIRST_PARTIAL: Final = 224
_SMALL_BYTES: Final = 512
_MOST_SMALL: Final = 1 << 16
"""No sender writes so many parts below 512 bytes; each takes as long to read as a large one."""
_CHUNK_BYTES: Final = 1 << 16


class NoPacketError(ValueError):
    """No packet begins here, or one that no sender writes."""


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


class Tag(IntEnum):
    """Types of packets (RFC 9580, 5), and the one of OCB in GnuPG 2.3."""

    SESSION_KEY = 1
    SIGNATURE = 2
    PASSPHRASE_SESSION_KEY = 3
    ONE_PASS_SIGNATURE = 4
    SECRET_KEY = 5
    PUBLIC_KEY = 6
    COMPRESSED = 8
    ENCRYPTED = 9
    MARKER = 10
    LITERAL = 11
    ENCRYPTED_WITH_INTEGRITY = 18
    AEAD = 20
    PADDING = 21


class Packet:
    """One packet, whose body is read before the next packet is asked for."""

    def __init__(self, header: int, source: Stream) -> None:
        """Read the rest of a header, whose first byte gives its form."""
        self.start = source.position - 1
        """Its position in the stream."""
        self._source = source
        self._small = 0
        self._left: int | None
        self._is_partial = False
        if header & 0x40:
            self.tag = header & 0x3F
            self._left = self._next_length()
        else:
            self.tag, octets = (header & 0x3C) >> 2, (1, 2, 4, None)[header & 3]
            self._left = source.number(octets) if octets else None
        self.is_in_parts = self._is_partial

    def read(self, size: int) -> bytes:
        """Read at most so many bytes of the body; fewer only at its end.

        Raises:
            CutOffError: the stream ends first.
        """
        parts = []
        while size and self._has_more():
            if self._left is None:
                data = self._source.read(size)
                if not data:
                    break
            else:
                data = self._source.take(min(size, self._left))
                self._left -= len(data)
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    def skip(self) -> None:
        """Skip the rest of the body.

        Raises:
            CutOffError: the stream ends first.
        """
        while self._has_more():
            if self._left is None:
                while self._source.read(_CHUNK_BYTES):
                    pass
                return
            self._source.skip(self._left)
            self._left = 0

    def _has_more(self) -> bool:
        while self._left == 0 and self._is_partial:
            self._left = self._next_length()
        return self._left != 0

    def _next_length(self) -> int:
        """Read the length of the body, or of its next part (RFC 9580, 4.2.1)."""
        first = self._source.number(1)
        self._is_partial = _FIRST_PARTIAL <= first < 255
        if first < 192:
            return first
        if first == 255:
            return self._source.number(4)
        if not self._is_partial:
            return ((first - 192) << 8) + self._source.number(1) + 192
        size = 1 << (first & 0x1F)
        self._small += size < _SMALL_BYTES
        if self._small > _MOST_SMALL:
            raise NoPacketError
        return size


def read_packets(source: Stream) -> Iterator[Packet]:
    """Read the packets of a stream; bodies that nobody reads are skipped.

    Raises:
        CutOffError: it ends within a packet.
        NoPacketError: it holds something else.
    """
    while header := source.read(1):
        if not header[0] & 0x80:
            raise NoPacketError
        packet = Packet(header[0], source)
        yield packet
        packet.skip()
