"""Read the literal data in a decrypted message (RFC 9580, 5.6, 5.9 and 10.3)."""

import bz2
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from ingest.openpgp.message.packets import (
    NoPacketError,
    Packet,
    Readable,
    Stream,
    Tag,
    read_packets,
)

_CHUNK_BYTES: Final = 1 << 18
_RAW_DEFLATE: Final = -15
_DEEPEST: Final = 16
"""No sender compresses a message more often."""
_SIGNATURES: Final = (Tag.SIGNATURE, Tag.ONE_PASS_SIGNATURE)
_PASSED_OVER: Final = (*_SIGNATURES, Tag.MARKER, Tag.PADDING)
_FIRST_NOT_CRITICAL: Final = 40


class Contents:
    """A message whose encryption is taken off."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.is_signed = False
        """Known when all is read; the signature is not checked here."""

    def read(self) -> Iterator[bytes]:
        """Give the literal data unchanged, without the signatures around them.

        Raises:
            CutOffError, NoPacketError: it is no message, or holds more than one.
        """
        yield from self._read(self._stream, depth=0)

    def _read(self, stream: Readable, *, depth: int) -> Iterator[bytes]:
        is_found = False
        for packet in read_packets(Stream(stream)):
            if packet.tag in (Tag.LITERAL, Tag.COMPRESSED):
                if is_found or depth > _DEEPEST:
                    raise NoPacketError
                is_found = True
                if packet.tag == Tag.LITERAL:
                    yield from _read_literal(packet)
                else:
                    yield from self._read(_decompress(packet), depth=depth + 1)
            elif packet.tag not in _PASSED_OVER and packet.tag < _FIRST_NOT_CRITICAL:
                raise NoPacketError
            self.is_signed |= packet.tag in _SIGNATURES
        if not is_found:
            raise NoPacketError


def _read_literal(packet: Packet) -> Iterator[bytes]:
    """Give the data after the format, file name and date."""
    packet.read(1)
    packet.read(int.from_bytes(packet.read(1), "big") + 4)
    while data := packet.read(_CHUNK_BYTES):
        yield data


def _decompress(packet: Packet) -> Readable:
    match packet.read(1):
        case b"\0":
            return packet
        case b"\1":
            return _Decompressed(_Inflated(packet, zlib.decompressobj(_RAW_DEFLATE)))
        case b"\2":
            return _Decompressed(_Inflated(packet, zlib.decompressobj()))
        case b"\3":
            return _Decompressed(bz2.BZ2File(cast("BinaryIO", packet)))
    raise NoPacketError


class _Inflated:
    """A packet's body, inflated as it is read."""

    def __init__(self, packet: Packet, inflate: Any) -> None:
        self._packet = packet
        self._inflate = inflate

    def read(self, size: int, /) -> bytes:
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._packet.read(_CHUNK_BYTES)
            data: bytes = self._inflate.decompress(packed, size)
            if data or not packed:
                return data
        return b""


class _Decompressed:
    """A stream whose errors become NoPacketError."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except (zlib.error, OSError, EOFError) as error:
            raise NoPacketError from error
