"""Take the ASCII armour off a message (RFC 9580, 6).

Its checksum is ignored, as section 6.1 demands: gpg 2.2 takes an absent one for damage.
"""

import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from ingest.errors import damaged

_HEAD_BYTES: Final = 1 << 16
"""The first line and the headers of armour lie within the first bytes."""
_CHUNK_BYTES: Final = 1 << 20
_MARK: Final = b"-----BEGIN PGP "
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_LINE_END: Final = rb"[ \t]*(?:\r\n|\n|\r)"
_BEGIN: Final = re.compile(
    rb"(?:\A|[\r\n])(?:\xef\xbb\xbf)?[ \t]*-----BEGIN PGP (?P<kind>[^\r\n-]+)-----"
    + _LINE_END
    + rb"(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*(?:\r\n|\n|\r))*(?:"
    + _LINE_END
    + rb")?"
)
_END: Final = re.compile(rb"[=-]")
"""The base64 ends at its padding, a checksum, or the last line."""


def is_armoured(file: BinaryIO) -> bool:
    """Say whether a file is text with armour in it; the file stays at its start."""
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    is_text = not head[:1] >= b"\x80" or head.startswith(_BYTE_ORDER_MARK)
    return is_text and _BEGIN.search(head) is not None


def strip_armour(file: BinaryIO) -> Iterator[bytes]:
    """Give the binary form of an armoured file; text before and after it is ignored.

    Raises:
        RejectedError: it holds a cleartext-signed text, more than one armour, or no base64.
    """
    head = file.read(_HEAD_BYTES)
    begin = _BEGIN.search(head)
    assert begin  # noqa: S101 - it is armoured
    if begin["kind"] == b"SIGNED MESSAGE":
        raise damaged("a text that is signed only, not encrypted")
    text, waiting, end = head[begin.end() :], b"", None
    while text and not end:
        end = _END.search(text)
        waiting += text[: end.start() if end else None].translate(None, b" \t\r\n")
        complete = len(waiting) // 4 * 4
        yield _decode(waiting[:complete])
        waiting = waiting[complete:]
        text = text[end.start() :] if end else file.read(_CHUNK_BYTES)
    if end or len(waiting) > 1:
        yield _decode(waiting + b"=" * (-len(waiting) % 4))
    _check_rest(text, file)


def _decode(text: bytes) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as error:
        raise damaged("armour whose text is not base64") from error


def _check_rest(text: bytes, file: BinaryIO) -> None:
    while text:
        if _MARK in text:
            raise damaged("one, and another one after it")
        more = file.read(_CHUNK_BYTES)
        text = text[-len(_MARK) :] + more if more else b""
