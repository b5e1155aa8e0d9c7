"""What an SFTP server says of a file: every attribute may be absent, and one that is says nothing.

Source: draft-ietf-secsh-filexfer-02, section 5. Servers leave out the permissions, or their type
bits, or the size, or answer 0 for it; so 0 counts as nothing said.
"""

import stat
from dataclasses import dataclass
from typing import Final, Self

import paramiko

_SIZE: Final = 0x1
_OWNER: Final = 0x2
_PERMISSIONS: Final = 0x4
_TIMES: Final = 0x8
_EXTENDED: Final = 0x80000000
_MOST_EXTENSIONS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What is known of one file; everything else can be asked for otherwise."""

    size_bytes: int = 0
    modified_at: int = 0
    """Seconds since the epoch."""
    is_file: bool | None = None
    """A regular file, or something else; None where the server does not say."""

    @classmethod
    def read(cls, message: paramiko.Message) -> Self:
        """Read the attributes that come next in a message.

        Raises:
            SFTPError: they are no attributes.
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
            _pass_over_extensions(message)
        kind = stat.S_IFMT(mode)
        return cls(
            size_bytes=size_bytes,
            modified_at=modified_at,
            is_file=kind == stat.S_IFREG if kind else None,
        )

    @property
    def is_complete(self) -> bool:
        return bool(
            self.is_file is False or (self.is_file and self.size_bytes and self.modified_at)
        )

    def completed_by(self, other: "Attributes") -> "Attributes":
        """Take from another answer what this one leaves out."""
        return Attributes(
            size_bytes=self.size_bytes or other.size_bytes,
            modified_at=self.modified_at or other.modified_at,
            is_file=other.is_file if self.is_file is None else self.is_file,
        )


def _pass_over_extensions(message: paramiko.Message) -> None:
    count = message.get_int()
    if count > _MOST_EXTENSIONS:
        raise paramiko.SFTPError("too many extended attributes")
    for _ in range(2 * count):
        message.get_string()
