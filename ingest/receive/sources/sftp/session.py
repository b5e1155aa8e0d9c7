"""One SFTP session: many requests may be sent before their answers are read.

Source: draft-ietf-secsh-filexfer-02. paramiko's own client either holds a complete file in memory
or waits for each answer of 32 KiB. This session requests a limited number of answers ahead.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from struct import Struct
from typing import Final

import paramiko

from ingest.receive.sources.sftp.messages import Kind, Message, ProtocolError, raise_status
from ingest.receive.sources.sftp.ssh import CHANNEL_BYTES, TIMEOUT_S

VERSION: Final = 3
LIMITS: Final = b"limits@openssh.com"
READ_BYTES: Final = 32 << 10
"""Every server answers as much at once."""
MOST_READ_BYTES: Final = 255 << 10
"""OpenSSH's server answers as much at once; more is not tried with any server."""
MOST_ANSWER_BYTES: Final = 16 << 20
QUESTIONS_AHEAD: Final = 64
"""So many paths are asked about before the first answer is read."""

_FRAME: Final = Struct(">IB")
"""The length of what follows its four bytes, and the type."""
_GREETING: Final = Struct(">IBI")
_REQUEST: Final = Struct(">IBII")


Answer = tuple[int, Message]
"""The type of an answer, a status too, and its fields."""


class Session:
    """The requests and answers of one session, which one thread uses at a time."""

    def __init__(self, client: paramiko.SSHClient) -> None:
        self._client = client  # paramiko closes the connection of a client that nobody keeps
        self._channel = _open_channel(client)
        self._received = memoryview(b"")
        self._numbers = count()
        self._awaited: set[int] = set()
        self._answers: dict[int, Answer] = {}
        self.read_bytes = self._read_limit() if self._greet() else READ_BYTES

    def close(self) -> None:
        """Close the session and its connection."""
        self._client.close()

    def ask(self, kind: Kind, subject: bytes, rest: bytes = b"") -> int:
        """Send a request about a path or handle, and return the number of its answer."""
        number = next(self._numbers)
        length = _REQUEST.size - 4 + len(subject) + len(rest)
        self._channel.sendall(_REQUEST.pack(length, kind, number, len(subject)) + subject + rest)
        self._awaited.add(number)
        return number

    def answer(self, number: int) -> Answer:
        """Wait for an answer; others that come before it are kept."""
        while number not in self._answers:
            kind, body = self._read_packet()
            message = Message(body)
            if (found := message.get_int()) in self._awaited:
                self._awaited.remove(found)
                self._answers[found] = (kind, message)
        return self._answers.pop(number)

    def take(self, number: int, *, expected: Kind) -> Message:
        """Wait for an answer of one type.

        Raises:
            EOFError: the file or the list has no more.
            OSError: the server cannot do it; a RefusedError where it does not say why.
            ProtocolError: the answer is of another type.
        """
        kind, message = self.answer(number)
        if kind == Kind.STATUS:
            raise_status(message)
        if kind != expected:
            raise ProtocolError(f"no {expected.name}")
        return message

    def request(self, kind: Kind, subject: bytes, *, expected: Kind, rest: bytes = b"") -> Message:
        """Send a request and wait for its answer; raises as `take` does."""
        return self.take(self.ask(kind, subject, rest), expected=expected)

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop answers that nobody will take."""
        for number in numbers:
            self._awaited.discard(number)
            self._answers.pop(number, None)

    def close_handle(self, handle: bytes) -> None:
        """Close an open file or folder, without waiting for the answer."""
        self.forget([self.ask(Kind.CLOSE, handle)])

    def ask_each(self, kind: Kind, subjects: Sequence[bytes]) -> Iterator[Answer]:
        """Ask the same about many paths, some ahead, and yield the answers in their order."""
        waiting: deque[int] = deque()
        for subject in subjects:
            waiting.append(self.ask(kind, subject))
            if len(waiting) >= QUESTIONS_AHEAD:
                yield self.answer(waiting.popleft())
        while waiting:
            yield self.answer(waiting.popleft())

    def _greet(self) -> bool:
        """Exchange versions, and say whether the server announces its limits."""
        self._channel.sendall(_GREETING.pack(_GREETING.size - 4, Kind.INIT, VERSION))
        kind, body = self._read_packet()
        if kind != Kind.VERSION:
            raise ProtocolError("no version")
        return LIMITS in body

    def _read_limit(self) -> int:
        kind, limits = self.answer(self.ask(Kind.EXTENDED, LIMITS))
        if kind != Kind.EXTENDED_REPLY:
            return READ_BYTES
        _most_packet, most_read = limits.get_int64(), limits.get_int64()
        return min(most_read or MOST_READ_BYTES, MOST_READ_BYTES)

    def _read_packet(self) -> tuple[int, bytes]:
        length, kind = _FRAME.unpack(self._read(_FRAME.size))
        if not 0 < length <= MOST_ANSWER_BYTES:
            raise ProtocolError("an answer of an absurd length")
        return kind, self._read(length - 1)

    def _read(self, size: int) -> bytes:
        """Read so many bytes. A large receive is fast: paramiko moves what it keeps."""
        pieces = []
        while size > 0:
            self._received = self._received or memoryview(self._channel.recv(CHANNEL_BYTES))
            if not self._received:
                raise ConnectionAbortedError  # not EOFError, which means the end of a file
            pieces.append(self._received[:size])
            self._received = self._received[size:]
            size -= len(pieces[-1])
        return b"".join(pieces)


def _open_channel(client: paramiko.SSHClient) -> paramiko.Channel:
    transport = client.get_transport()
    if transport is None:
        raise paramiko.SSHException("closed")
    channel = transport.open_session(timeout=TIMEOUT_S)
    channel.settimeout(TIMEOUT_S)
    channel.invoke_subsystem("sftp")
    return channel
