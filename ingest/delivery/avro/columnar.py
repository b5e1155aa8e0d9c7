"""Rows of a flat schema decoded into columns; the only importer of polars-avro.

Only its compiled part is used. Its public functions return polars frames: that copies all columns
twice on their way to Arrow. Importing polars takes 0.2 s more.
It is more lenient than Avro (seen in 0.13). A boolean may be any byte, a union's branch any number,
the stated size of a list's block wrong. So its columns are encoded again and compared with the
bytes that were read. Rows are decoded one by one if they differ.
It never returns from a block with bytes after its last row, so a timer ends the process.
"""

import importlib.util
import io
import json
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ingest.delivery.avro import MAGIC
from ingest.delivery.avro.container import SYNC_BYTES, Block, read_blocks, read_header, write_long
from ingest.delivery.avro.moments import check_moments
from ingest.delivery.avro.rows import in_field
from ingest.errors import RejectedError

if TYPE_CHECKING:
    from polars_avro._avro_rs import AvroBuffSink, AvroError, AvroSource

BATCH_ROWS: Final = 1 << 16
PATIENCE_S_PER_BYTE: Final = 1e-7
"""Twenty times the usual."""
_FLAT: Final = ("boolean", "int", "long", "float", "double", "string", "bytes")


def _load_reader() -> ModuleType:
    """Load the compiled part of polars-avro by itself: importing the package imports polars."""
    package = importlib.util.find_spec("polars_avro")
    assert package  # noqa: S101 - the lock file has it
    spec = PathFinder.find_spec("_avro_rs", package.submodule_search_locations)
    assert spec and spec.loader  # noqa: S101 - as it is built
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if not TYPE_CHECKING:
    _reader = _load_reader()
    AvroBuffSink, AvroError, AvroSource = (
        _reader.AvroBuffSink,
        _reader.AvroError,
        _reader.AvroSource,
    )


class ColumnarError(Exception):
    """These rows must be decoded one by one."""


def carries(plain: Any) -> bool:
    """Say whether every field is a primitive or a list of primitives, which may be null."""
    fields = plain.get("fields", []) if isinstance(plain, dict) else []
    return bool(fields) and all(_is_flat(field["type"]) for field in fields)


def _is_flat(kind: Any) -> bool:
    if isinstance(kind, list):
        present = [branch for branch in kind if branch != "null"]
        return len(kind) == 2 and len(present) == 1 and _is_flat(present[0])
    if isinstance(kind, dict):
        return kind.get("type") == "array" and kind.get("items") in _FLAT
    return kind in _FLAT


def decode_columns(
    blocks: Sequence[Block], *, schema: pa.Schema, plain: Any, patience_s: float
) -> list[pa.RecordBatch]:
    """Decode some blocks of rows.

    Args:
        plain: the Avro schema of the rows, without logical types.
        patience_s: processor time before this process ends, beside PATIENCE_S_PER_BYTE.

    Raises:
        ColumnarError: the reader refuses them, or reads other values than they hold.
        RejectedError: a date or time cannot be landed.
    """
    written_schema = json.dumps(plain).encode()
    container = b"".join(_as_container(blocks, schema=written_schema))
    try:
        with _ending_after(patience_s + PATIENCE_S_PER_BYTE * len(container)):
            source = AvroSource([lambda: nullcontext(io.BytesIO(container))], False, False)
            batches = [pa.record_batch(each) for each in source.batch_iter(BATCH_ROWS, None)]
            table = pa.Table.from_batches(batches)
            written = _write_rows(table, schema=written_schema)
        if written != b"".join(block.rows for block in blocks):
            raise ColumnarError("the rows differ when encoded again")
        if table.num_rows != sum(block.row_count for block in blocks):
            raise ColumnarError("another number of rows")
        return [_typed(batch, schema) for batch in batches]
    except (AvroError, pa.ArrowException, LookupError, ValueError) as error:
        raise ColumnarError(type(error).__name__) from error


def _as_container(blocks: Sequence[Block], *, schema: bytes) -> Iterator[bytes]:
    """Frame blocks as a container of their own, without compression."""
    entries = (b"avro.schema", schema, b"avro.codec", b"null")
    yield MAGIC + write_long(len(entries) // 2)
    for entry in entries:
        yield write_long(len(entry)) + entry
    yield write_long(0) + bytes(SYNC_BYTES)
    for block in blocks:
        yield write_long(block.row_count) + write_long(len(block.rows))
        yield block.rows
        yield bytes(SYNC_BYTES)


class _Stream:
    """A table that the writer does not recognize as pyarrow's."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def _write_rows(table: pa.Table, *, schema: bytes) -> bytes:
    """Encode rows by their Avro schema."""
    table = table.replace_schema_metadata({b"avro.schema": schema})
    stream = io.BytesIO()
    sink = AvroBuffSink(stream, _Stream(table.slice(0, 0)), None)
    sink.write(_Stream(table))
    sink.close()
    stream.seek(0)
    header = read_header(stream)
    return b"".join(block.rows for block in read_blocks(stream, header=header))


@contextmanager
def _ending_after(patience_s: float) -> Iterator[None]:
    """End this process if the block takes longer than so much processor time.

    A busy or paused machine therefore ends no process.
    """
    signal.setitimer(signal.ITIMER_VIRTUAL, patience_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    for field in schema:
        try:
            check_moments(batch.column(field.name), field.type)
        except RejectedError as error:
            raise in_field(error, field.name) from error
    columns = [_cast(batch.column(field.name), field.type) for field in schema]
    return pa.record_batch(columns, schema=schema)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Convert a column to the type of its field; an integer becomes the date that it means."""
    if column.type == kind:
        return column
    return column.view(kind) if pa.types.is_temporal(kind) else column.cast(kind)
