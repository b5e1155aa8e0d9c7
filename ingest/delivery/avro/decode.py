"""Rows of an Avro container as Arrow record batches.

Rows decoded one by one are the reference. Flat schemas may be decoded in columns instead, with the
same result.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Final

import pyarrow as pa

from ingest.concurrency import map_ahead, read_ahead
from ingest.delivery.avro.columnar import ColumnarError, carries, decode_columns
from ingest.delivery.avro.container import Block, Readable, read_blocks, read_header
from ingest.delivery.avro.rows import decode_rows, unfit_row
from ingest.delivery.avro.schema import translate_schema

GROUP_BYTES = 2 << 20
"""Larger groups are decoded no faster, and take more memory."""
GROUPS_AHEAD = 8
"""Read and not yet decoded."""
DECODED_AHEAD = 24
"""Decoded and not yet written: so much is decoded while one row group is written."""
PATIENCE_S: Final = 1.0
"""A group may take so much processor time in columns; it takes milliseconds."""
MAX_EMPTY_ROWS: Final = 1_000_000
"""A container may have so many rows without bytes, if no manifest lists how many."""

ROWS: Final = "rows"
COLUMNS: Final = "polars-avro"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """An opened container: the schema of its rows, and the rows, read on demand."""

    schema: pa.Schema
    batches: Generator[pa.RecordBatch]
    """Reads no more of the stream once it is closed."""
    decoder: str
    """The decoder of the rows, by the schema: ROWS or COLUMNS."""


_Group = list[Block]
_Decode = Callable[[_Group], Iterable[pa.RecordBatch]]


def open_container(
    stream: Readable,
    *,
    in_columns: bool = False,
    patience_s: float = PATIENCE_S,
    listed_rows: int | None = None,
) -> Container:
    """Open an Avro object container.

    Args:
        in_columns: decode a flat schema in columns; by default every row is decoded by itself.
        patience_s: processor time for a group in columns. A group that takes longer ends this
            process.
        listed_rows: how many the manifest lists. It limits rows that take no bytes.

    Returns:
        The container, whose rows come in file order; no rows for a header-only file.

    Raises:
        RejectedError: here for a bad header or schema, and while reading for bad blocks or rows.
    """
    header = read_header(stream)
    schema, record = translate_schema(header.schema)
    max_empty = MAX_EMPTY_ROWS if listed_rows is None else listed_rows
    groups = _grouped(
        _plausible(
            read_blocks(stream, header=header),
            max_empty_rows=max_empty if record.is_empty else None,
        )
    )
    by_rows = partial(decode_rows, schema=schema, fields=record.fields)
    if not (in_columns and carries(record.plain)):
        return Container(schema=schema, batches=_each(by_rows, groups), decoder=ROWS)

    def by_columns(group: _Group) -> list[pa.RecordBatch]:
        try:
            return decode_columns(group, schema=schema, plain=record.plain, patience_s=patience_s)
        except ColumnarError:
            return list(by_rows(group))

    groups = read_ahead(groups, ahead=GROUPS_AHEAD)
    return Container(schema=schema, batches=_each_ahead(by_columns, groups), decoder=COLUMNS)


def _each(decode: _Decode, groups: Generator[_Group]) -> Generator[pa.RecordBatch]:
    with closing(groups):
        for group in groups:
            yield from decode(group)


def _each_ahead(decode: _Decode, groups: Generator[_Group]) -> Generator[pa.RecordBatch]:
    with closing(groups), ThreadPoolExecutor(max_workers=1) as thread:
        for batches in map_ahead(decode, groups, executor=thread, ahead=DECODED_AHEAD):
            yield from batches


def _plausible(blocks: Iterable[Block], *, max_empty_rows: int | None) -> Iterator[Block]:
    """Drop blocks of no rows, and check that the rows of the others fit their bytes.

    Args:
        max_empty_rows: how many rows without bytes are allowed; None where each row takes some.
    """
    empty_rows = 0
    for block in blocks:
        if max_empty_rows is None and block.row_count > len(block.rows):
            raise unfit_row("rows that fit their block", "more")
        if block.rows and (max_empty_rows is not None or not block.row_count):
            raise unfit_row("no bytes in a block whose rows take none", "some")
        empty_rows += block.row_count
        if max_empty_rows is not None and empty_rows > max_empty_rows:
            raise unfit_row(f"at most {max_empty_rows} rows without bytes", "more")
        if block.row_count:
            yield block


def _grouped(blocks: Iterable[Block]) -> Generator[_Group]:
    """Join small blocks, because each group costs some time of its own."""
    group: _Group = []
    size = 0
    for block in blocks:
        group.append(block)
        size += len(block.rows)
        if size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
