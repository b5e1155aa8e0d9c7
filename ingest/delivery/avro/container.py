"""The framing of an Avro object container: a header, then blocks of rows.

Source: Avro specification 1.12, "Object Container Files". No length or count is trusted: each is
compared with a limit before memory is allocated for it.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ingest.delivery.avro import MAGIC
from ingest.delivery.avro.codec import CODECS, decompress
from ingest.errors import Reason, RejectedError

SYNC_BYTES = 16
MAX_METADATA_BYTES = 4 << 20
MAX_METADATA_ENTRIES = 1_000
MAX_BLOCK_BYTES = 128 << 20


class Readable(Protocol):
    """A stream that need not seek."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The part before the first block."""

    schema: Any
    codec: str
    sync: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some rows, uncompressed."""

    row_count: int
    rows: bytes


def read_header(stream: Readable) -> Header:
    """Read a container's header.

    Raises:
        RejectedError: the stream is no Avro container, or its header is absurd.
    """
    magic = _read(stream, len(MAGIC))
    if magic != MAGIC:
        raise _not_avro("the magic bytes Obj 1", f"{magic!r}")
    metadata = _read_metadata(stream)
    codec = metadata.get("avro.codec", b"null").decode("utf-8", "replace")
    if codec not in CODECS:
        raise _not_avro(f"a codec of {', '.join(sorted(CODECS))}", repr(codec[:40]))
    try:
        schema = json.loads(metadata["avro.schema"])
    except (KeyError, ValueError, RecursionError) as error:
        raise RejectedError(
            Reason.SCHEMA, expected="a JSON schema in the header", found=type(error).__name__
        ) from error
    return Header(schema=schema, codec=codec, sync=_read(stream, SYNC_BYTES))


def read_blocks(stream: Readable, *, header: Header) -> Iterator[Block]:
    """Yield the container's blocks in file order, uncompressed.

    Raises:
        RejectedError: a block is cut off, absurdly large, damaged, or without its sync marker.
    """
    while (row_count := _read_long(stream, at_end=True)) is not None:
        size = _long(stream)
        if row_count < 0 or not 0 <= size <= MAX_BLOCK_BYTES:
            raise RejectedError(
                Reason.TOO_LARGE if size > MAX_BLOCK_BYTES else Reason.NOT_AVRO,
                expected=f"a block of at most {MAX_BLOCK_BYTES} bytes",
                found=f"{row_count} rows in {size} bytes",
            )
        rows = decompress(_read(stream, size), codec=header.codec, limit=MAX_BLOCK_BYTES)
        if _read(stream, SYNC_BYTES) != header.sync:
            raise _not_avro("the sync marker after a block", "other bytes")
        yield Block(row_count=row_count, rows=rows)


def write_long(value: int) -> bytes:
    """Encode an integer as Avro's zig-zag varint."""
    remaining = value << 1 if value >= 0 else ~(value << 1)
    encoded = bytearray()
    while remaining > 0x7F:
        encoded.append(remaining & 0x7F | 0x80)
        remaining >>= 7
    encoded.append(remaining)
    return bytes(encoded)


def _read_metadata(stream: Readable) -> dict[str, bytes]:
    metadata: dict[str, bytes] = {}
    entries = total = 0
    while (count := _long(stream)) != 0:
        source = stream
        if count < 0:
            count = -count
            source = io.BytesIO(_read_bytes(stream, limit=MAX_METADATA_BYTES))
        for _ in range(count):
            key = _read_bytes(source, limit=MAX_METADATA_BYTES - total)
            value = _read_bytes(source, limit=MAX_METADATA_BYTES - total - len(key))
            entries, total = entries + 1, total + len(key) + len(value)
            if entries > MAX_METADATA_ENTRIES:
                raise _not_avro(f"at most {MAX_METADATA_ENTRIES} header entries", "more")
            metadata[key.decode("utf-8", "replace")] = value
        if source is not stream and source.read(1):
            raise _not_avro("as many bytes of header entries as stated", "more")
    return metadata


def _read_bytes(stream: Readable, *, limit: int) -> bytes:
    size = _long(stream)
    if not 0 <= size <= limit:
        raise _not_avro(f"a header of at most {MAX_METADATA_BYTES} bytes", f"a length of {size}")
    return _read(stream, size)


def _long(stream: Readable) -> int:
    value = _read_long(stream)
    assert value is not None  # noqa: S101 - only at_end=True gives None
    return value


def _read_long(stream: Readable, *, at_end: bool = False) -> int | None:
    result = shift = 0
    while True:
        byte = stream.read(1)
        if not byte:
            if at_end and shift == 0:
                return None
            raise _not_avro("a complete container", "its end in the middle of a number")
        result |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            break
        shift += 7
        if shift > 63:
            break
    if result >> 64 or shift > 63:
        raise _not_avro("a 64-bit number", "a longer one")
    return (result >> 1) ^ -(result & 1)


def _read(stream: Readable, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise _not_avro("a complete container", f"its end, {size - len(data)} bytes early")
    return data


def _not_avro(expected: str, found: str) -> RejectedError:
    return RejectedError(Reason.NOT_AVRO, expected=expected, found=found)
