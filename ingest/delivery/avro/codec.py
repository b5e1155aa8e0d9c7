"""Decompress one Avro block, up to a limit."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import cast

import pyarrow as pa
from isal import igzip_lib, isal_zlib

from ingest.errors import Reason, RejectedError

# isal's stub declares its exception as an instance
_DAMAGED: tuple[type[Exception], ...] = (
    cast("type[Exception]", igzip_lib.IsalError),
    lzma.LZMAError,
    pa.ArrowException,
    OSError,
    EOFError,
    ValueError,
)


def decompress(data: bytes, *, codec: str, limit: int) -> bytes:
    """Decompress the bytes of a block.

    Raises:
        RejectedError: the bytes are damaged, or would grow beyond limit.
    """
    try:
        plain = CODECS[codec](data, limit)
    except _DAMAGED as error:
        raise RejectedError(
            Reason.NOT_AVRO, expected=f"a {codec} block", found=type(error).__name__
        ) from error
    if len(plain) > limit:
        raise RejectedError(
            Reason.TOO_LARGE, expected=f"a block of at most {limit} bytes", found="a larger one"
        )
    return plain


def _null(data: bytes, limit: int) -> bytes:
    return data


def _deflate(data: bytes, limit: int) -> bytes:
    stream = isal_zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    plain = stream.decompress(data, limit + 1)
    if len(plain) <= limit and not stream.eof:
        raise EOFError
    return plain


def _bzip2(data: bytes, limit: int) -> bytes:
    return bz2.BZ2File(io.BytesIO(data)).read(limit + 1)


def _xz(data: bytes, limit: int) -> bytes:
    return lzma.LZMAFile(io.BytesIO(data)).read(limit + 1)


def _zstandard(data: bytes, limit: int) -> bytes:
    plain: bytes = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read(limit + 1)
    return plain


def _snappy(data: bytes, limit: int) -> bytes:
    """Decompress Snappy: its length comes first, a big-endian CRC-32 of the plain bytes last."""
    body, checksum = data[:-4], data[-4:]
    length = _snappy_length(body)
    if length > limit:
        return bytes(limit + 1)
    plain: bytes = pa.Codec("snappy").decompress(body, decompressed_size=length, asbytes=True)
    if zlib.crc32(plain).to_bytes(4, "big") != checksum:
        raise ValueError(checksum)
    return plain


def _snappy_length(body: bytes) -> int:
    length = 0
    for position, byte in enumerate(body[:5]):
        length |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return length
    raise EOFError


CODECS: dict[str, Callable[[bytes, int], bytes]] = {
    "null": _null,
    "deflate": _deflate,
    "snappy": _snappy,
    "bzip2": _bzip2,
    "xz": _xz,
    "zstandard": _zstandard,
}


def compress(data: bytes, *, codec: str) -> bytes:
    """Compress the bytes of a block, as `decompress` reads them."""
    return _COMPRESS[codec](data)


def _deflate_all(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def _snappy_all(data: bytes) -> bytes:
    packed: bytes = pa.Codec("snappy").compress(data, asbytes=True)
    return packed + zlib.crc32(data).to_bytes(4, "big")


def _zstandard_all(data: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(data, asbytes=True)
    return packed


_COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "null": bytes,
    "deflate": _deflate_all,
    "snappy": _snappy_all,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstandard": _zstandard_all,
}
