"""Rows of an Avro container as Arrow record batches; the only importer of fastavro.

fastavro is the reference. Flat schemas may be decoded in columns instead, and come out the same.
"""

import io
import json
import struct
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final, cast

import fastavro
import pyarrow as pa

from ingest.ahead import map_ahead, read_ahead
from ingest.avro import MAGIC
from ingest.avro.container import (
    SYNC_BYTES,
    Block,
    Readable,
    read_blocks,
    read_header,
    write_long,
)
from ingest.avro.schema import translate_schema
from ingest.avro.types import Translation
from ingest.errors import Reason, RejectedError

GROUP_BYTES = 2 << 20
"""Larger groups are decoded no faster, and wait for each other in memory."""
GROUPS_AHEAD = 8
"""Read and not yet decoded."""
DECODED_AHEAD = 24
"""Decoded and not yet written: as much as is decoded while a row group is written."""
BATCH_ROWS = 16_384
PATIENCE_S: Final = 10.0
"""How long a group may take to decode in columns; it takes milliseconds."""

ROWS: Final = "fastavro"
COLUMNS: Final = "polars-avro"

# What fastavro raises on rows that do not fit their schema; it has no exception of its own.
_BAD_ROWS = (EOFError, ValueError, LookupError, TypeError, ArithmeticError, struct.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """An opened container: the schema of its rows, and the rows, read as they are asked for."""

    schema: pa.Schema
    batches: Generator[pa.RecordBatch]
    """Closed, it reads no more of the stream."""
    decoder: str
    """What decodes the rows: ROWS or COLUMNS, told from the schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Some blocks as a container of their own, without compression."""

    container: bytes
    row_count: int


_Decode = Callable[[_Group], Iterable[pa.RecordBatch]]


def open_container(
    stream: Readable, *, in_columns: bool = False, patience_s: float = PATIENCE_S
) -> Container:
    """Open an Avro object container.

    Args:
        in_columns: decode a flat schema in columns, in a process that ends if that takes longer
            than patience_s for a group of blocks; otherwise every row is read by itself.

    Returns:
        Its rows in file order, in batches; none for a header-only file.

    Raises:
        RejectedError: here for a bad header or schema, and while reading for bad blocks or rows.
    """
    header = read_header(stream)
    schema, translation = translate_schema(header.schema)
    groups = _grouped(read_blocks(stream, header=header), plain=translation.plain)
    by_rows = partial(_decode_rows, schema=schema, translation=translation)
    if not in_columns:
        return Container(schema=schema, batches=_each(by_rows, groups), decoder=ROWS)
    # small files, which are many, need not wait for this import
    from ingest.avro.columnar import ColumnarError, carries, decode_columns

    groups = read_ahead(groups, ahead=GROUPS_AHEAD)
    if not carries(translation.plain):
        return Container(schema=schema, batches=_each(by_rows, groups), decoder=ROWS)

    def by_columns(group: _Group) -> list[pa.RecordBatch]:
        try:
            return decode_columns(
                group.container, schema=schema, row_count=group.row_count, patience_s=patience_s
            )
        except ColumnarError:
            return list(by_rows(group))

    return Container(schema=schema, batches=_each_ahead(by_columns, groups), decoder=COLUMNS)


def _each(decode: _Decode, groups: Generator[_Group]) -> Generator[pa.RecordBatch]:
    with closing(groups):
        for group in groups:
            yield from decode(group)


def _each_ahead(decode: _Decode, groups: Generator[_Group]) -> Generator[pa.RecordBatch]:
    with closing(groups), ThreadPoolExecutor(max_workers=1) as thread:
        for batches in map_ahead(decode, groups, executor=thread, ahead=DECODED_AHEAD):
            yield from batches


def _grouped(blocks: Iterable[Block], *, plain: Any) -> Generator[_Group]:
    """Join small blocks, as every container that is opened costs a parse of its schema."""
    header = _null_codec_header(plain)
    try:
        _rows(header)
    except (fastavro.schema.SchemaParseException, *_BAD_ROWS) as error:
        raise RejectedError(
            Reason.SCHEMA, expected="a valid Avro schema", found=type(error).__name__
        ) from error
    parts, size, row_count = [header], 0, 0
    for block in blocks:
        if not block.row_count:
            continue
        framing = write_long(block.row_count) + write_long(len(block.rows))
        parts += framing, block.rows, bytes(SYNC_BYTES)
        size += len(framing) + len(block.rows) + SYNC_BYTES
        row_count += block.row_count
        if size >= GROUP_BYTES:
            yield _Group(container=b"".join(parts), row_count=row_count)
            parts, size, row_count = [header], 0, 0
    if row_count:
        yield _Group(container=b"".join(parts), row_count=row_count)


def _decode_rows(
    group: _Group, *, schema: pa.Schema, translation: Translation
) -> Iterator[pa.RecordBatch]:
    rows = _rows(group.container)
    while batch := _next_batch(rows, schema=schema, translation=translation):
        yield batch


def _null_codec_header(schema: Any) -> bytes:
    entries = {b"avro.schema": json.dumps(schema).encode(), b"avro.codec": b"null"}
    encoded = b"".join(_string(key) + _string(value) for key, value in entries.items())
    return MAGIC + write_long(len(entries)) + encoded + write_long(0) + bytes(SYNC_BYTES)


def _string(value: bytes) -> bytes:
    return write_long(len(value)) + value


def _rows(container: bytes) -> Iterator[dict[str, Any]]:
    return cast("Iterator[dict[str, Any]]", fastavro.reader(io.BytesIO(container)))


def _next_batch(
    rows: Iterator[dict[str, Any]], *, schema: pa.Schema, translation: Translation
) -> pa.RecordBatch | None:
    try:
        batch = list(islice(rows, BATCH_ROWS))
        if translation.convert:
            batch = [translation.convert(row) for row in batch]
        columns = [pa.array([row[field.name] for row in batch], field.type) for field in schema]
    except (pa.ArrowException, *_BAD_ROWS) as error:
        raise RejectedError(
            Reason.NOT_AVRO, expected="rows that fit their schema", found=type(error).__name__
        ) from error
    if not batch:
        return None
    if not columns:
        return pa.record_batch({"": pa.nulls(len(batch))})
    return pa.record_batch(columns, schema=schema)
