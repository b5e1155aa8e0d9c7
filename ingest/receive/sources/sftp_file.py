"""One file on an SFTP server, read to its end.

Only EOF says where a file ends. Sizes tell how far to read ahead, and whether an end is too early:
servers answer FSTAT with size 0 or not at all, and end a file with FAILURE or with no bytes.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import paramiko
from paramiko.sftp import (
    CMD_ATTRS,
    CMD_CLOSE,
    CMD_DATA,
    CMD_FSTAT,
    CMD_HANDLE,
    CMD_OPEN,
    CMD_READ,
    CMD_STAT,
    CMD_STATUS,
    SFTP_FLAG_READ,
    int64,
)

from ingest.errors import SourceUnavailable
from ingest.receive.sources.sftp_attributes import Attributes
from ingest.receive.sources.sftp_session import ANY_BYTES, Answers, Session, is_failure

WINDOW_BYTES = 4 << 20
"""Asked for ahead of each reader. 1 MiB leaves the server idle at times, 16 MiB is no faster."""


@dataclass(frozen=True, slots=True)
class _Asked:
    number: int
    offset: int
    end: int


class RemoteFile:
    """A file that is read ahead by one window, whatever its size."""

    def __init__(self, session: Session, path: bytes, *, offset: int, size_bytes: int) -> None:
        """Open a file.

        Args:
            size_bytes: as listed; 0 where nothing says it.
        """
        self._session = session
        self._answers = Answers(session)
        self._path = path
        kind, opened = session.request(CMD_OPEN, path, SFTP_FLAG_READ, paramiko.SFTPAttributes())
        if kind != CMD_HANDLE:
            raise paramiko.SFTPError("no handle")
        self._handle = opened.get_binary()
        self._asked: deque[_Asked] = deque()
        self._rest = b""
        self._next = offset
        self._listed_bytes = size_bytes
        self._reach = max(size_bytes, offset) + 1
        """Up to here is asked ahead: one block beyond the listed size, where EOF should be."""
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
        """Say that it is read; nobody waits for the answer."""
        self._session.ask(type(None), CMD_CLOSE, self._handle)

    def _next_block(self) -> bytes:
        self._ask_ahead()
        asked = self._asked.popleft()
        try:
            block = self._take(asked)
        except EOFError:
            block = b""
        except OSError as refusal:
            if not (is_failure(refusal) and self._is_end(asked.offset)):
                raise
            block = b""
        if not block:
            self._check_size(asked.offset)
            self._has_ended = True
            self._asked.clear()
            return b""
        has_come = asked.offset + len(block)
        if has_come < asked.end:  # a server may answer with less than it was asked for
            self._asked.appendleft(self._ask(has_come, asked.end))
        elif asked.end > self._listed_bytes:
            self._blocks_beyond *= 2
            self._reach = has_come + self._blocks_beyond * self._session.read_bytes
        return block

    def _ask_ahead(self) -> None:
        most = max(1, WINDOW_BYTES // self._session.read_bytes)
        while not self._asked or (self._next < self._reach and len(self._asked) < most):
            start, end = self._next, self._next + self._session.read_bytes
            if start < self._listed_bytes < end:
                end = self._listed_bytes
            self._asked.append(self._ask(start, end))
            self._next = end

    def _ask(self, start: int, end: int) -> _Asked:
        number = self._answers.ask(CMD_READ, self._handle, int64(start), end - start)
        return _Asked(number, start, end)

    def _take(self, asked: _Asked) -> bytes:
        """Give a block; none is an end, too, as some servers say it.

        Raises:
            EOFError: the server says that the file ends.
            OSError: the server refuses.
        """
        kind, message = self._answers.take(asked.number)
        if kind == CMD_STATUS:
            self._session.raise_status(message)
        if kind != CMD_DATA:
            raise paramiko.SFTPError("no data")
        block = message.get_string()
        if len(block) > asked.end - asked.offset:
            raise paramiko.SFTPError("more data than was asked for")
        return block

    def _is_end(self, offset: int) -> bool:
        """Say whether a size proves that a file ends here, where FAILURE says nothing."""
        return offset > 0 and offset in (self._listed_bytes, *self._ask_sizes())

    def _check_size(self, offset: int) -> None:
        """See that a file may end here.

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
        """Give the sizes that the server says now; 0 says nothing."""
        for kind, of in ((CMD_FSTAT, self._handle), (CMD_STAT, self._path)):
            answer, message = self._answers.take(self._answers.ask(kind, of))
            if answer == CMD_ATTRS and (size_bytes := Attributes.read(message).size_bytes):
                yield size_bytes
