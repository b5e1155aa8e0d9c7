"""One SFTP session in which much is under way at once.

paramiko's own files either ask for everything at once, which holds a whole file in memory, or wait
for each answer of 32 KiB; its client sends and reads the same messages with no such limit.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import paramiko
from paramiko.sftp import (
    CMD_EXTENDED,
    CMD_INIT,
    CMD_VERSION,
)

from ingest.receive.sources.ssh import CHANNEL_BYTES, TIMEOUT_S

ANY_BYTES = "surrogateescape"
VERSION = 3
LIMITS = b"limits@openssh.com"
READ_BYTES = 32 << 10
"""What every server answers at once, whatever it says of itself."""
MOST_READ_BYTES = 255 << 10
"""What OpenSSH's server answers at once; what another may say beyond it is not tried."""
QUESTIONS_AHEAD = 64
"""So many paths are asked about before the first answer is read."""


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
        try:
            _, limits = self.request(CMD_EXTENDED, LIMITS)
        except OSError:
            return READ_BYTES
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


def is_failure(error: OSError) -> bool:
    """Say whether an error is a server's plain refusal: it answers, and gives no reason."""
    return type(error) is OSError and error.errno is None


class Answers:
    """The answers to what was asked ahead, each under the number of its question."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._come: dict[int, tuple[int, paramiko.Message]] = {}

    def ask(self, kind: int, *arguments: Any) -> int:
        """Ask, and return the number under which the answer can be taken."""
        return self._session.ask(self, kind, *arguments)

    def take(self, number: int) -> tuple[int, paramiko.Message]:
        """Wait for an answer: its kind, a status too, and its message."""
        while number not in self._come:
            self._session.take_answer()
        return self._come.pop(number)

    def ask_each(
        self, kind: int, arguments: Sequence[bytes]
    ) -> Iterator[tuple[int, paramiko.Message]]:
        """Ask the same of many, some ahead, and give the answers in that order."""
        waiting: deque[int] = deque()
        for argument in arguments:
            waiting.append(self.ask(kind, argument))
            if len(waiting) >= QUESTIONS_AHEAD:
                yield self.take(waiting.popleft())
        while waiting:
            yield self.take(waiting.popleft())

    def _async_response(self, kind: int, message: paramiko.Message, number: int) -> None:
        """What paramiko calls with every answer to what was asked through this object."""
        self._come[number] = (kind, message)
