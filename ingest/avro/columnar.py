"""Rows of a flat schema decoded into columns; the only importer of polars-avro.

Only its reader is used: what it publishes hands the columns to polars, which copies all of them
twice on their way to Arrow, and takes 0.2 s to import. It reads as strictly as the reference with
two exceptions, both seen in 0.13 on damaged rows: it may loop for ever, so it runs in a process
that ends itself then, and it takes a union's branch of any other number for the second one.
"""

import faulthandler
import importlib.util
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

if TYPE_CHECKING:
    from polars_avro._avro_rs import AvroError, AvroSource

BATCH_ROWS: Final = 1 << 16
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
    AvroError, AvroSource = _reader.AvroError, _reader.AvroSource


class ColumnarError(Exception):
    """These rows are better read one by one."""


def carries(plain: Any) -> bool:
    """Say whether every field is a plain value or a list of such, or one of these or null."""
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
    container: bytes, *, schema: pa.Schema, row_count: int, patience_s: float
) -> list[pa.RecordBatch]:
    """Decode a small container whole.

    Args:
        patience_s: how long that may take before this process ends.

    Raises:
        ColumnarError: it does not seem to hold just so many rows of its schema.
    """
    source = AvroSource([lambda: nullcontext(io.BytesIO(container))], False, False)
    try:
        with _ending_after(patience_s):
            batches = [pa.record_batch(each) for each in source.batch_iter(BATCH_ROWS, None)]
        typed = [_typed(batch, schema) for batch in batches]
    except (AvroError, pa.ArrowException, LookupError, ValueError) as error:
        raise ColumnarError(type(error).__name__) from error
    if sum(batch.num_rows for batch in typed) != row_count:
        raise ColumnarError("another number of rows")
    return typed


@contextmanager
def _ending_after(patience_s: float) -> Iterator[None]:
    """Have this process end if the block takes longer, whatever its threads hold."""
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(patience_s, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [_cast(batch.column(field.name), field.type) for field in schema]
    return pa.record_batch(columns, schema=schema)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Give a column the type that its field lands with: the number under a date is the date."""
    if column.type == kind:
        return column
    return column.view(kind) if pa.types.is_temporal(kind) else column.cast(kind)
