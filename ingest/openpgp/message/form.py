"""Check the outer form of an OpenPGP message before it is decrypted (RFC 9580, 5, 6 and 10.3).

gpg and Sequoia both get a message in one form: binary, session keys for key pairs, encrypted data,
and nothing else. So they cannot disagree about the form.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from ingest.errors import Reason, RejectedError, damaged
from ingest.openpgp.message.armour import is_armoured, strip_armour
from ingest.openpgp.message.packets import (
    CutOffError,
    FileStream,
    NoPacketError,
    Packet,
    Tag,
    read_packets,
)

HIDDEN: Final = "0" * 16
"""The key ID of a recipient that the sender does not name."""
TO_OUR_KEY: Final = "a message to a key of this keyring"
_SESSION_KEY_VERSIONS: Final = (b"\x02", b"\x03")
_USUAL_VERSION: Final = b"\x01"
_SESSION_KEY_BYTES: Final = 1 << 16
"""No session key is so large."""
_IGNORED: Final = (Tag.PASSPHRASE_SESSION_KEY, Tag.MARKER, Tag.PADDING)
_ENCRYPTED: Final = (Tag.ENCRYPTED, Tag.ENCRYPTED_WITH_INTEGRITY, Tag.AEAD)
_CUT_OFF: Final = "one that is cut off"
_NONE: Final = "none"
_NOT_ENCRYPTED: Final[dict[int, str]] = {
    Tag.SIGNATURE: "one that is signed only, not encrypted",
    Tag.ONE_PASS_SIGNATURE: "one that is signed only, not encrypted",
    Tag.COMPRESSED: "one that is compressed only, not encrypted",
    Tag.LITERAL: "one that is not encrypted",
    Tag.PUBLIC_KEY: "a public key",
    Tag.SECRET_KEY: "a private key",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A complete encrypted message in the one form."""

    file: BinaryIO
    """Open at its start; an unnamed copy where the delivered file has another form."""
    recipients: tuple[str, ...]
    """IDs of the keys that the message is encrypted to, in capitals."""
    is_usual: bool
    """True where it is encrypted without AEAD, which every program reads."""


@contextmanager
def open_message(path: Path, *, is_complete: bool = True) -> Iterator[Message]:
    """Open a delivered file as a message.

    Args:
        is_complete: False if the file is known to be only the start of a message.

    Raises:
        RejectedError: it is no complete encrypted message, or has no integrity protection, or is
            encrypted to no key.
    """
    with _open_binary(path) as binary:
        head = _Head()
        start = _read_head(binary, head, is_complete=is_complete)
        binary.seek(0)
        if not head.has_more:
            yield head.message(binary)
            return
        with TemporaryFile(dir=path.parent) as form:
            form.write(head.session_keys)
            binary.seek(start)
            shutil.copyfileobj(binary, form, 1 << 20)
            form.seek(0)
            yield head.message(form)


@contextmanager
def _open_binary(path: Path) -> Iterator[BinaryIO]:
    """Open a file as it is, or an unnamed copy of what its armour holds."""
    with path.open("rb", buffering=0) as file:
        if not is_armoured(file):
            yield file
            return
        with TemporaryFile(dir=path.parent) as binary:
            for chunk in strip_armour(file):
                binary.write(chunk)
            binary.seek(0)
            yield binary


@dataclass(slots=True)
class _Head:
    """The packets before the encrypted data."""

    session_keys: bytearray = field(default_factory=bytearray)
    recipients: list[str] = field(default_factory=list)
    has_passphrase: bool = False
    has_more: bool = False
    """True if there are packets that a receiver must ignore (RFC 9580, 5.1, 5.8 and 5.14)."""
    is_usual: bool = True

    def message(self, file: BinaryIO) -> Message:
        return Message(file=file, recipients=tuple(self.recipients), is_usual=self.is_usual)

    def add(self, packet: Packet) -> None:
        """Add a packet that may come before the encrypted data.

        Raises:
            NoPacketError: it is larger than any session key.
        """
        if packet.tag in _IGNORED:
            self.has_more = True
            self.has_passphrase |= packet.tag == Tag.PASSPHRASE_SESSION_KEY
            return
        body = packet.read(_SESSION_KEY_BYTES)
        if len(body) == _SESSION_KEY_BYTES:
            raise NoPacketError
        if body[:1] not in _SESSION_KEY_VERSIONS:
            self.has_more = True
            return
        self.has_more |= packet.is_in_parts
        self.recipients.append(body[1:9].hex().upper())
        self.session_keys += bytes([0xC0 | packet.tag, 255]) + len(body).to_bytes(4, "big") + body


def _read_head(binary: BinaryIO, head: _Head, *, is_complete: bool) -> int:
    """Read a message up to its encrypted data, and check that nothing follows them.

    Returns:
        The position of the encrypted data.

    Raises:
        RejectedError: as `open_message` does.
    """
    found = "an empty file"
    size_bytes = os.fstat(binary.fileno()).st_size
    try:
        for packet in read_packets(FileStream(binary, size_bytes=size_bytes)):
            if packet.tag in _ENCRYPTED:
                _read_encrypted(packet, head)
                if is_complete:
                    _check_end(packet, binary)
                return packet.start
            if packet.tag != Tag.SESSION_KEY and packet.tag not in _IGNORED:
                raise damaged(_NOT_ENCRYPTED.get(packet.tag, _NONE))
            head.add(packet)
            found = _CUT_OFF
    except CutOffError as error:
        raise damaged(_CUT_OFF) from error
    except NoPacketError as error:
        raise damaged(_NONE) from error
    raise damaged(found)


def _read_encrypted(packet: Packet, head: _Head) -> None:
    """Check that the encrypted data are for a key and have integrity protection.

    A change in data without it goes unnoticed: gpg refuses them, too.
    """
    if packet.tag == Tag.ENCRYPTED:
        raise damaged("one without integrity protection")
    if not head.recipients:
        found = "encrypted with a passphrase" if head.has_passphrase else "for no key"
        raise RejectedError(Reason.WRONG_KEY, expected=TO_OUR_KEY, found=f"one {found}")
    version = packet.read(1)
    if not version:
        raise CutOffError
    head.is_usual = packet.tag == Tag.ENCRYPTED_WITH_INTEGRITY and version == _USUAL_VERSION


def _check_end(encrypted: Packet, binary: BinaryIO) -> None:
    encrypted.skip()
    if binary.read(1):
        raise damaged("one, and other bytes after it")
