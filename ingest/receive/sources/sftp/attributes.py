"""The attributes that an SFTP server sends with a file; each of them may be absent.

Source: draft-ietf-secsh-filexfer-02, section 5. Servers leave out the permissions, or their type
bits, or the size, or answer 0 for it. So 0 counts as absent.
"""

import stat
from dataclasses import dataclass
from typing import Final, Self

from ingest.receive.sources.sftp.session import Message, ProtocolError

_SIZE: Final = 0x1
_OWNER: Final = 0x2
_PERMISSIONS: Final = 0x4
_TIMES: Final = 0x8
_EXTENDED: Final = 0x80000000
_MOST_EXTENSIONS: Final = 1_000


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
        """Read the attributes that come next in a message.

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
