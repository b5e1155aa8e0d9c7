"""The messages of SFTP: their types, statuses, and the attributes of a file.

Source: draft-ietf-secsh-filexfer-02. Each attribute may be absent: servers leave out the
permissions, or their type bits, or the size, or answer 0 for it. So 0 counts as absent.
"""

import stat
from dataclasses import dataclass
from enum import IntEnum
from errno import EACCES, ENOENT
from typing import Final, Self

import paramiko

Message = paramiko.Message
"""The fields of an answer, read one after the other."""
ANY_BYTES: Final = "surrogateescape"

_SIZE: Final = 0x1
_OWNER: Final = 0x2
_PERMISSIONS: Final = 0x4
_TIMES: Final = 0x8
_EXTENDED: Final = 0x80000000
_MOST_EXTENSIONS: Final = 1_000


class Kind(IntEnum):
    """The types of messages (section 3 of the draft)."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    LSTAT = 7
    FSTAT = 8
    OPENDIR = 11
    READDIR = 12
    STAT = 17
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105
    EXTENDED = 200
    EXTENDED_REPLY = 201


class Status(IntEnum):
    """The codes of a status that have a meaning of their own (section 7)."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3


class RefusedError(OSError):
    """The server answers that it cannot do something, and does not say why."""


class ProtocolError(Exception):
    """The server answers what SFTP does not allow."""


def raise_status(message: Message) -> None:
    """Raise the error that a status means, if it means one."""
    code, text = message.get_int(), message.get_string().decode(errors=ANY_BYTES)
    match code:
        case Status.OK:
            return
        case Status.EOF:
            raise EOFError(text)
        case Status.NO_SUCH_FILE:
            raise FileNotFoundError(ENOENT, text)
        case Status.PERMISSION_DENIED:
            raise PermissionError(EACCES, text)
    raise RefusedError(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """The known attributes of one file."""

    size_bytes: int = 0
    modified_at: int = 0
    """Seconds since the epoch."""
    is_file: bool | None = None
    """A regular file, or something else; None where the server does not say."""
    is_folder: bool = False

    @classmethod
    def read(cls, message: Message) -> Self:
        """Read the attributes that come next in a message (section 5).

        Raises:
            ProtocolError: the message holds something else.
        """
        flags, size_bytes, mode, modified_at = message.get_int(), 0, 0, 0
        if flags & _SIZE:
            size_bytes = message.get_int64()
        if flags & _OWNER:
            message.get_int(), message.get_int()
        if flags & _PERMISSIONS:
            mode = message.get_int()
        if flags & _TIMES:
            _accessed_at, modified_at = message.get_int(), message.get_int()
        if flags & _EXTENDED:
            _skip_extensions(message)
        kind = stat.S_IFMT(mode)
        return cls(
            size_bytes=size_bytes,
            modified_at=modified_at,
            is_file=kind == stat.S_IFREG if kind else None,
            is_folder=kind == stat.S_IFDIR,
        )

    @property
    def is_complete(self) -> bool:
        return bool(
            self.is_file is False or (self.is_file and self.size_bytes and self.modified_at)
        )

    def completed_by(self, other: "Attributes") -> "Attributes":
        """Take from another answer the attributes that this one leaves out."""
        return Attributes(
            size_bytes=self.size_bytes or other.size_bytes,
            modified_at=self.modified_at or other.modified_at,
            is_file=other.is_file if self.is_file is None else self.is_file,
            is_folder=self.is_folder or other.is_folder,
        )


def _skip_extensions(message: Message) -> None:
    count = message.get_int()
    if count > _MOST_EXTENSIONS:
        raise ProtocolError("too many extended attributes")
    for _ in range(2 * count):
        message.get_string()
