"""Rows of blocks decoded one by one, strictly: the reference for what a container holds."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyarrow as pa

from ingest.delivery.avro.container import Block
from ingest.delivery.avro.cursor import Cursor, in_field
from ingest.delivery.avro.types import Read
from ingest.errors import RejectedError

BATCH_ROWS: Final = 16_384

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
            for name, read, append in steps:  # noqa: B007 - the error names it
                append(read(cursor))
    except RejectedError as error:
        raise in_field(error, name) from error


def _batch(columns: list[list[Any]], schema: pa.Schema, row_count: int) -> pa.RecordBatch:
    if not columns:
        return pa.record_batch({"": pa.nulls(row_count)})
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)
