"""One file on an SFTP server, read to its end.

Only EOF says where a file ends. Sizes limit how far to read ahead, and show an end that is too
early. Servers answer FSTAT with size 0 or not at all, and end a file with FAILURE or no bytes.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack
from typing import Final

from ingest.errors import SourceUnavailable
from ingest.receive.sources.sftp.messages import (
    ANY_BYTES,
    Attributes,
    Kind,
    ProtocolError,
    RefusedError,
)
from ingest.receive.sources.sftp.session import Session

WINDOW_BYTES = 4 << 20
"""Requested ahead of each reader. 1 MiB leaves the server idle at times, 16 MiB is no faster."""
_FOR_READING: Final = pack(">II", 0x1, 0)
"""The flag of OPEN, and no attributes."""


@dataclass(frozen=True, slots=True)
class _Request:
    number: int
    offset: int
    end: int


class RemoteFile:
    """An open file that is read ahead by one window."""

    def __init__(self, session: Session, path: bytes, *, offset: int, size_bytes: int) -> None:
        """Open a file.

        Args:
            size_bytes: as listed; 0 where nothing says it.
        """
        self._session = session
        self._path = path
        opened = session.request(Kind.OPEN, path, rest=_FOR_READING, expected=Kind.HANDLE)
        self._handle = opened.get_string()
        self._requests: deque[_Request] = deque()
        self._rest = b""
        self._next = offset
        self._listed_bytes = size_bytes
        self._reach = max(size_bytes, offset) + 1
        """Up to here is requested: one block beyond the listed size, where EOF should be."""
        self._blocks_beyond = 1
        self._has_ended = False

    def read(self, size: int) -> bytes:
        """Read at most so many bytes; fewer do not mean the end, none do.

        Raises:
            SourceUnavailable: it ends before the size that the server says.
        """
        if not self._rest and not self._has_ended:
            self._rest = self._next_block()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def close(self) -> None:
        """Close the file at the server, without waiting for the answer."""
        self._session.close_handle(self._handle)

    def forget_requests(self) -> None:
        """Drop what was requested ahead."""
        self._session.forget(request.number for request in self._requests)
        self._requests.clear()

    def _next_block(self) -> bytes:
        self._request_ahead()
        request = self._requests.popleft()
        block = self._take(request)
        if not block:
            self._check_size(request.offset)
            self._has_ended = True
            self.forget_requests()
            return b""
        received = request.offset + len(block)
        if received < request.end:  # a server may answer with fewer bytes than were requested
            self._requests.appendleft(self._request(received, request.end))
        elif request.end > self._listed_bytes:
            self._blocks_beyond *= 2
            self._reach = received + self._blocks_beyond * self._session.read_bytes
        return block

    def _request_ahead(self) -> None:
        most = max(1, WINDOW_BYTES // self._session.read_bytes)
        while not self._requests or (self._next < self._reach and len(self._requests) < most):
            start, end = self._next, self._next + self._session.read_bytes
            if start < self._listed_bytes < end:
                end = self._listed_bytes
            self._requests.append(self._request(start, end))
            self._next = end

    def _request(self, start: int, end: int) -> _Request:
        number = self._session.ask(Kind.READ, self._handle, pack(">QI", start, end - start))
        return _Request(number, start, end)

    def _take(self, request: _Request) -> bytes:
        """Return a block; no bytes at the end, however the server says it."""
        try:
            block = self._session.take(request.number, expected=Kind.DATA).get_string()
        except EOFError:
            return b""
        except RefusedError:
            if not self._is_end(request.offset):
                raise
            return b""
        if len(block) > request.end - request.offset:
            raise ProtocolError("more data than was requested")
        return block

    def _is_end(self, offset: int) -> bool:
        """Say whether a size proves that a file ends here, where FAILURE says nothing."""
        return offset > 0 and offset in (self._listed_bytes, *self._ask_sizes())

    def _check_size(self, offset: int) -> None:
        """Check that a file may end here.

        Raises:
            SourceUnavailable: the server says a larger size, now as when it was listed.
        """
        if self._listed_bytes <= offset:
            return
        size_bytes = max(self._ask_sizes(), default=self._listed_bytes)
        if size_bytes > offset:
            name = self._path.rpartition(b"/")[2].decode(errors=ANY_BYTES)
            raise SourceUnavailable(
                f"sftp: expected {size_bytes:,} bytes of the file {name!r}, "
                f"found its end after {offset:,}"
            )

    def _ask_sizes(self) -> Iterator[int]:
        """Yield the sizes that the server says now; 0 says nothing."""
        for kind, subject in ((Kind.FSTAT, self._handle), (Kind.STAT, self._path)):
            answer, message = self._session.answer(self._session.ask(kind, subject))
            if answer == Kind.ATTRS and (size_bytes := Attributes.read(message).size_bytes):
                yield size_bytes
