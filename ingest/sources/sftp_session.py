"""One SFTP session in which much is under way at once.

paramiko's own files either ask for everything at once, which holds a whole file in memory, or wait
for each answer of 32 KiB; its client sends and reads the same messages with no such limit.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

import paramiko
from paramiko.sftp import (
    CMD_CLOSE,
    CMD_DATA,
    CMD_EXTENDED,
    CMD_FSTAT,
    CMD_HANDLE,
    CMD_INIT,
    CMD_OPEN,
    CMD_READ,
    CMD_STATUS,
    CMD_VERSION,
    SFTP_FLAG_READ,
    int64,
)

from ingest.sources.ssh import CHANNEL_BYTES, TIMEOUT_S

ANY_BYTES = "surrogateescape"
VERSION = 3
LIMITS = b"limits@openssh.com"
WINDOW_BYTES = 4 << 20
"""Asked for ahead of each reader. 1 MiB leaves the server idle at times, 16 MiB is no faster."""
READ_BYTES = 32 << 10
"""What every server answers at once, whatever it says of itself."""
MOST_READ_BYTES = 255 << 10
"""What OpenSSH's server answers at once; what another may say beyond it is not tried."""


class Session(paramiko.SFTPClient):
    """A client that one file's name in another encoding does not keep from seeing the others."""

    _says_limits = False
    _held = memoryview(b"")

    def __init__(self, channel: paramiko.Channel) -> None:
        super().__init__(channel)
        self.read_bytes = self._read_limit() if self._says_limits else READ_BYTES

    def request(self, kind: int, *arguments: Any) -> tuple[int, paramiko.Message]:
        """Ask, and wait for the answer.

        Raises:
            OSError: the answer is that it cannot be done.
        """
        return self._request(kind, *arguments)

    def ask(self, asker: object, kind: int, *arguments: Any) -> int:
        """Ask, and return the number under which the answer will be given to who asks."""
        number: int = self._async_request(asker, kind, *arguments)  # type: ignore[attr-defined]
        return number

    def take_answer(self) -> None:
        """Wait for an answer, whoever has asked for it."""
        self._read_response()  # type: ignore[attr-defined]

    def raise_status(self, message: paramiko.Message) -> None:
        """Raise what a status means.

        Raises:
            EOFError: the file has no more.
            OSError: it cannot be done.
        """
        self._convert_status(message)  # type: ignore[attr-defined]

    def _request(self, kind: int, *arguments: Any) -> tuple[int, paramiko.Message]:
        answer, message = super()._request(kind, *arguments)  # type: ignore[misc]
        message.get_text = lambda: message.get_string().decode(errors=ANY_BYTES)
        return answer, message

    def _send_version(self) -> int:
        hello = paramiko.Message()
        hello.add_int(VERSION)
        self._send_packet(CMD_INIT, hello)  # type: ignore[attr-defined]
        kind, answer = self._read_packet()  # type: ignore[attr-defined]
        if kind != CMD_VERSION:
            raise paramiko.SFTPError("no version")
        self._says_limits = LIMITS in answer
        return VERSION

    def _read_all(self, size: int) -> bytes:
        """Read so much. All that has come is taken at once, as paramiko moves what it keeps."""
        pieces = []
        while size > 0:
            self._held = self._held or memoryview(self.sock.recv(CHANNEL_BYTES))
            if not self._held:
                raise EOFError
            pieces.append(self._held[:size])
            self._held = self._held[size:]
            size -= len(pieces[-1])
        return b"".join(pieces)

    def _read_limit(self) -> int:
        _, limits = self.request(CMD_EXTENDED, LIMITS)
        _most_packet, most_read = limits.get_int64(), limits.get_int64()
        return min(most_read or MOST_READ_BYTES, MOST_READ_BYTES)


def open_session(client: paramiko.SSHClient) -> Session:
    """Open a session on a connection."""
    transport = client.get_transport()
    if transport is None:
        raise paramiko.SSHException("closed")
    channel = transport.open_session(timeout=TIMEOUT_S)
    channel.settimeout(TIMEOUT_S)
    channel.invoke_subsystem("sftp")
    return Session(channel)


@dataclass(frozen=True, slots=True)
class _Asked:
    number: int
    offset: int
    end: int


class RemoteFile:
    """A file that is read ahead by one window, whatever its size."""

    def __init__(self, session: Session, path: bytes, *, offset: int) -> None:
        self._session = session
        kind, opened = session.request(CMD_OPEN, path, SFTP_FLAG_READ, paramiko.SFTPAttributes())
        if kind != CMD_HANDLE:
            raise paramiko.SFTPError("no handle")
        self._handle = opened.get_binary()
        self._answers: dict[int, tuple[int, paramiko.Message]] = {}
        self._asked: deque[_Asked] = deque()
        self._rest = b""
        self._next = offset
        self._ask_next()  # before the size is known: most files are that small
        self._size = self._ask_size()

    def read(self, size: int) -> bytes:
        """Read at most so many bytes; fewer do not mean the end, none do."""
        if not self._rest:
            self._rest = self._next_block()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def close(self) -> None:
        """Say that it is read; nobody waits for the answer."""
        self._session.ask(type(None), CMD_CLOSE, self._handle)

    def _async_response(self, kind: int, message: paramiko.Message, number: int) -> None:
        """What paramiko calls with every answer to what this file has asked for."""
        self._answers[number] = (kind, message)

    def _ask_next(self) -> None:
        start, self._next = self._next, self._next + self._session.read_bytes
        self._asked.append(self._ask(start, self._next))

    def _ask(self, start: int, end: int) -> _Asked:
        arguments = (self._handle, int64(start), end - start)
        return _Asked(self._session.ask(self, CMD_READ, *arguments), start, end)

    def _ask_size(self) -> int:
        _, message = self._session.request(CMD_FSTAT, self._handle)
        attributes = paramiko.SFTPAttributes._from_msg(message)  # type: ignore[attr-defined]
        return attributes.st_size or 0

    def _next_block(self) -> bytes:
        ahead = max(1, WINDOW_BYTES // self._session.read_bytes)
        while self._next < self._size and len(self._asked) < ahead:
            self._ask_next()
        if not self._asked:
            return b""
        asked = self._asked.popleft()
        block = self._answer(asked.number)
        has_come, end = asked.offset + len(block), min(asked.end, self._size)
        if not block:
            self._size = 0
            self._asked.clear()
        elif has_come < end:  # a server may answer with less than it was asked for
            self._asked.appendleft(self._ask(has_come, end))
        return block

    def _answer(self, number: int) -> bytes:
        while number not in self._answers:
            self._session.take_answer()
        kind, message = self._answers.pop(number)
        if kind == CMD_STATUS:
            try:
                self._session.raise_status(message)
            except EOFError:
                return b""
        if kind != CMD_DATA:
            raise paramiko.SFTPError("no data")
        return message.get_string()
