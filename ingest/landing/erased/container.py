"""Copy an Avro container without some of its rows; every other value stays byte for byte.

Header and blocks that keep all rows are copied as they are. The decoder splits the rows of the
other blocks, and those that are kept are written again as they were.
"""

import hashlib
from collections.abc import Iterable
from typing import BinaryIO

from ingest.delivery.avro.codec import compress
from ingest.delivery.avro.container import (
    Block,
    Header,
    Readable,
    read_blocks,
    read_header,
    write_long,
)
from ingest.delivery.avro.rows import Cursor, Fields
from ingest.delivery.avro.schema import translate_schema
from ingest.openpgp.message.plaintext import Totals


class _Hashed:
    """A stream that counts and hashes what is written into it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._size_bytes = 0
        self._sha256 = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._size_bytes += len(data)
        self._sha256.update(data)
        self._stream.write(data)

    @property
    def totals(self) -> Totals:
        return Totals(self._size_bytes, self._sha256.hexdigest())


class _Kept:
    """A stream whose bytes are kept while they are read."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._bytes = bytearray()

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self._bytes += data
        return data

    def take(self) -> bytes:
        """Give what was read since the last call."""
        taken, self._bytes = bytes(self._bytes), bytearray()
        return taken


def copy_without(stream: Readable, target: BinaryIO, *, rows: Iterable[int]) -> Totals:
    """Copy a container without the rows of these numbers, which count from 0.

    Returns:
        Size and hash of the copy.

    Raises:
        RejectedError: the stream is no sound container.
    """
    kept, copy, unwanted = _Kept(stream), _Hashed(target), sorted(rows, reverse=True)
    header = read_header(kept)
    _, record = translate_schema(header.schema)
    copy.write(kept.take())
    first = 0
    for block in read_blocks(kept, header=header):
        raw, after = kept.take(), first + block.row_count
        of_block: set[int] = set()
        while unwanted and unwanted[-1] < after:
            of_block.add(unwanted.pop() - first)
        copy.write(_without(block, header, record.fields, of_block) if of_block else raw)
        first = after
    return copy.totals


def _without(block: Block, header: Header, fields: Fields, unwanted: set[int]) -> bytes:
    """Write a block again without some rows, or nothing where none is left."""
    cursor, parts, start = Cursor(block.rows), [], 0
    for number in range(block.row_count):
        for read in fields.values():
            read(cursor)
        if number not in unwanted:
            parts.append(block.rows[start : cursor.position])
        start = cursor.position
    cursor.expect_end()
    if not parts:
        return b""
    packed = compress(b"".join(parts), codec=header.codec)
    return write_long(len(parts)) + write_long(len(packed)) + packed + header.sync
