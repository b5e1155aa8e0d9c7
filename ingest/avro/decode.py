"""Rows of an Avro container as Arrow record batches; the only importer of fastavro."""

import io
import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import fastavro
import pyarrow as pa

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
BATCH_ROWS = 16_384

# What fastavro raises on rows that do not fit their schema; it has no exception of its own.
_BAD_ROWS = (EOFError, ValueError, LookupError, TypeError, ArithmeticError, struct.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """An opened container: the schema of its rows, and the rows, read as they are asked for."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


def open_container(stream: Readable) -> Container:
    """Open an Avro object container.

    Returns:
        Its rows in file order, in batches of at most BATCH_ROWS; none for a header-only file.

    Raises:
        RejectedError: here for a bad header or schema, and while reading for bad blocks or rows.
    """
    header = read_header(stream)
    schema, translation = translate_schema(header.schema)
    blocks = read_blocks(stream, header=header)
    return Container(schema=schema, batches=_decode(blocks, schema=schema, translation=translation))


def _decode(
    blocks: Iterable[Block], *, schema: pa.Schema, translation: Translation
) -> Iterator[pa.RecordBatch]:
    prefix = _null_codec_header(translation.plain)
    try:
        _rows(prefix)
    except (fastavro.schema.SchemaParseException, *_BAD_ROWS) as error:
        raise RejectedError(
            Reason.SCHEMA, expected="a valid Avro schema", found=type(error).__name__
        ) from error
    for group in _grouped(blocks):
        rows = _rows(prefix + group)
        while batch := _next_batch(rows, schema=schema, translation=translation):
            yield batch


def _grouped(blocks: Iterable[Block]) -> Iterator[bytes]:
    """Join small blocks, as every container that fastavro opens costs a parse of its schema."""
    group = bytearray()
    for block in blocks:
        group += write_long(block.row_count) + write_long(len(block.rows))
        group += block.rows + bytes(SYNC_BYTES)
        if len(group) >= GROUP_BYTES:
            yield bytes(group)
            group.clear()
    if group:
        yield bytes(group)


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
