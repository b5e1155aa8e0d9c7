"""Rows of an Avro container as Arrow record batches; the only importer of fastavro.

fastavro is the reference. Flat schemas may be decoded in columns instead, and come out the same.
"""

import io
import json
import struct
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final, cast

import fastavro
import pyarrow as pa

from ingest.ahead import map_ahead
from ingest.avro.columnar import ColumnarError, ColumnDecoder, carries
from ingest.avro.container import (
    MAGIC,
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

GROUP_BYTES = 4 << 20
GROUPS_AHEAD = 2
BATCH_ROWS = 16_384

ROWS: Final = "fastavro"
COLUMNS: Final = "polars-avro"

# What fastavro raises on rows that do not fit their schema; it has no exception of its own.
_BAD_ROWS = (EOFError, ValueError, LookupError, TypeError, ArithmeticError, struct.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """An opened container: the schema of its rows, and the rows, read as they are asked for."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    decoder: str
    """What decodes the rows: ROWS or COLUMNS, told from the schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Some blocks as a container of their own, without compression."""

    container: bytes
    row_count: int


def open_container(stream: Readable, *, columns: ColumnDecoder | None = None) -> Container:
    """Open an Avro object container.

    Args:
        columns: what decodes a flat schema in columns; without it every row is read by itself.

    Returns:
        Its rows in file order, in batches of at most BATCH_ROWS; none for a header-only file.

    Raises:
        RejectedError: here for a bad header or schema, and while reading for bad blocks or rows.
    """
    header = read_header(stream)
    schema, translation = translate_schema(header.schema)
    groups = _grouped(read_blocks(stream, header=header), plain=translation.plain)
    by_rows = partial(_decode_rows, schema=schema, translation=translation)
    if columns is None or not carries(translation.plain):
        batches = (batch for group in groups for batch in by_rows(group))
        return Container(schema=schema, batches=batches, decoder=ROWS)

    def by_columns(group: _Group) -> list[pa.RecordBatch]:
        try:
            decoded = columns.decode(group.container, schema=schema, row_count=group.row_count)
        except ColumnarError:
            return list(by_rows(group))
        return [decoded.slice(first, BATCH_ROWS) for first in range(0, len(decoded), BATCH_ROWS)]

    return Container(schema=schema, batches=_flat_ahead(by_columns, groups), decoder=COLUMNS)


def _flat_ahead(
    decode: Callable[[_Group], list[pa.RecordBatch]], groups: Iterable[_Group]
) -> Iterator[pa.RecordBatch]:
    with ThreadPoolExecutor(max_workers=1) as thread:
        for batches in map_ahead(decode, groups, executor=thread, ahead=GROUPS_AHEAD):
            yield from batches


def _grouped(blocks: Iterable[Block], *, plain: Any) -> Iterator[_Group]:
    """Join small blocks, as every container that is opened costs a parse of its schema."""
    header = _null_codec_header(plain)
    try:
        _rows(header)
    except (fastavro.schema.SchemaParseException, *_BAD_ROWS) as error:
        raise RejectedError(
            Reason.SCHEMA, expected="a valid Avro schema", found=type(error).__name__
        ) from error
    joined, row_count = bytearray(header), 0
    for block in blocks:
        joined += write_long(block.row_count) + write_long(len(block.rows))
        joined += block.rows
        joined += bytes(SYNC_BYTES)
        row_count += block.row_count
        if len(joined) >= GROUP_BYTES:
            yield _Group(container=bytes(joined), row_count=row_count)
            joined, row_count = bytearray(header), 0
    if len(joined) > len(header):
        yield _Group(container=bytes(joined), row_count=row_count)


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
