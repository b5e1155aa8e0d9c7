"""Rows of a block, decoded one by one: the reference for what a container holds.

Nothing is read beyond the end of a block, and nothing is guessed.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import pyarrow as pa

from ingest.delivery.avro.container import Block
from ingest.errors import Reason, RejectedError

BATCH_ROWS: Final = 16_384
MAX_EMPTY_ITEMS: Final = 1_000_000
"""A block may have so many array items without bytes: its size does not limit them."""


class Cursor:
    """A position in the rows of one block."""

    __slots__ = ("_at", "_data", "_empty_left")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._empty_left = MAX_EMPTY_ITEMS

    @property
    def position(self) -> int:
        """Say how many bytes were read."""
        return self._at

    def long(self) -> int:
        """Read a zig-zag varint of at most 64 bits (Avro 1.12, "Primitive Types").

        Raises:
            RejectedError: it is longer, or the block ends first.
        """
        value = shift = 0
        at = self._at
        try:
            while (byte := self._data[at]) >= 0x80:
                value |= (byte & 0x7F) << shift
                shift += 7
                at += 1
        except IndexError:
            raise unfit_row("a complete row", "the end of its block") from None
        value |= byte << shift
        if shift > 63 or value >> 64:
            raise unfit_row("a 64-bit number", "a longer one")
        self._at = at + 1
        return (value >> 1) ^ -(value & 1)

    def take(self, size: int) -> bytes:
        """Read so many bytes.

        Raises:
            RejectedError: size is negative, or the block ends first.
        """
        at = self._at
        end = at + size
        if size < 0 or end > len(self._data):
            raise unfit_row("a length within the block", "another")
        self._at = end
        return self._data[at:end]

    def item_counts(self, *, are_empty: bool) -> Iterator[int]:
        """Yield how many items each block of an array or a map has; the caller reads them.

        Raises:
            RejectedError: there are more than the bytes hold, or not as many bytes as stated.
        """
        while count := self.long():
            end = None
            if count < 0:
                count, size = -count, self.long()
                end = self._at + size
            if are_empty:
                self._empty_left -= count
            if self._empty_left < 0:
                raise unfit_row(f"at most {MAX_EMPTY_ITEMS} items without bytes", "more")
            if not are_empty and count > len(self._data) - self._at:
                raise unfit_row("items that fit their block", "more")
            yield count
            if end not in (None, self._at):
                raise unfit_row("as many bytes of items as stated", "another number")

    def expect_end(self) -> None:
        """Check that all bytes were read.

        Raises:
            RejectedError: some are left.
        """
        if left := len(self._data) - self._at:
            raise unfit_row("a block that ends with its last row", f"{left} more bytes")


Read = Callable[[Cursor], Any]
"""Reads one value of a type."""
Fields = dict[str, Read]


def decode_rows(
    blocks: Iterable[Block], *, schema: pa.Schema, fields: Fields
) -> Iterator[pa.RecordBatch]:
    """Decode blocks into batches of at most BATCH_ROWS rows.

    Raises:
        RejectedError: a value does not fit its type, or a block does not end with its last row.
    """
    columns: list[list[Any]] = [[] for _ in fields]
    filled = 0
    for block in blocks:
        cursor, left = Cursor(block.rows), block.row_count
        while left:
            count = min(left, BATCH_ROWS - filled)
            _read_into(columns, cursor, fields, count)
            left, filled = left - count, filled + count
            if filled == BATCH_ROWS:
                yield _batch(columns, schema, filled)
                columns, filled = [[] for _ in fields], 0
        cursor.expect_end()
    if filled:
        yield _batch(columns, schema, filled)


def _read_into(columns: list[list[Any]], cursor: Cursor, fields: Fields, count: int) -> None:
    steps = [
        (name, read, column.append)
        for (name, read), column in zip(fields.items(), columns, strict=True)
    ]
    name = ""
    try:
        for _ in range(count):
            for name, read, append in steps:  # noqa: B007 - the error needs it
                append(read(cursor))
    except RejectedError as error:
        raise in_field(error, name) from error


def _batch(columns: list[list[Any]], schema: pa.Schema, row_count: int) -> pa.RecordBatch:
    if not columns:
        return pa.record_batch({"": pa.nulls(row_count)})
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def unfit_row(expected: str, found: str) -> RejectedError:
    """Make the error for a value that does not fit its type."""
    return RejectedError(Reason.NOT_AVRO, expected=expected, found=found)


def in_field(error: RejectedError, name: str) -> RejectedError:
    """Add the field's name to an error, but not its value, which may be personal."""
    expected = f"{error.expected} in the field {name}"
    return RejectedError(error.reason, expected=expected, found=error.found)
