"""Rows of a flat schema decoded into columns, in a process of its own.

polars-avro reads as strictly as the reference, but loops for ever on some damaged rows and can take
its process down (seen in 0.13): so the process is one that can be killed. What it does not decode,
the caller has the reference read again, whose word is final.
"""

import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any, Final, Self

import pyarrow as pa

SIZE_BYTES: Final = 8
"""What the size of a container takes on its way to the process."""
PATIENCE_S: Final = 30.0
"""How long a container may take; one of a few megabytes takes milliseconds."""
_FLAT: Final = ("boolean", "int", "long", "float", "double", "string", "bytes")


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


class ColumnDecoder:
    """A process that decodes one container at a time; it starts with the first."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def process_id(self) -> int | None:
        return self._process.pid if self._process else None

    def decode(self, container: bytes, *, schema: pa.Schema, row_count: int) -> pa.RecordBatch:
        """Decode a small container whole.

        Raises:
            ColumnarError: it does not seem to hold just so many rows of its schema.
        """
        with self._turn:
            table = self._ask(container)
        try:
            columns = [_typed(table.column(field.name), field.type) for field in schema]
        except (pa.ArrowException, LookupError) as error:
            raise ColumnarError(type(error).__name__) from error
        if table.num_rows != row_count:
            raise ColumnarError(f"{table.num_rows} rows")
        return pa.record_batch(columns, schema=schema)

    def _ask(self, container: bytes) -> pa.Table:
        process = self._process = self._process or self._start()
        assert process.stdin and process.stdout  # noqa: S101 - both are pipes
        alarm = threading.Timer(self._patience_s, process.kill)
        alarm.start()
        try:
            process.stdin.write(len(container).to_bytes(SIZE_BYTES, "big"))
            process.stdin.write(container)
            process.stdin.flush()
            return pa.ipc.open_stream(process.stdout).read_all()
        except (OSError, pa.ArrowException) as error:
            self._stop()
            raise ColumnarError(type(error).__name__) from error
        finally:
            alarm.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "ingest.avro.columnar_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with suppress(BrokenPipeError):
            process.communicate()


def _typed(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    """Give a column the type that its field lands with: the number under a date is the date."""
    array = column.combine_chunks()
    if pa.types.is_temporal(kind):
        return array.view(kind)
    return array if array.type == kind else array.cast(kind)
