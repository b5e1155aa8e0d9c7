"""Land a file by the usual recipe: gpg, fastavro, pyarrow, row by row."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import fastavro
import pyarrow
import pyarrow.parquet

from bench.against.decrypted import run_side

ROWS_AT_ONCE: Final = 16_384
TYPES: Final = {
    "string": pyarrow.string(),
    "double": pyarrow.float64(),
    "long": pyarrow.int64(),
    "int": pyarrow.int32(),
    "boolean": pyarrow.bool_(),
}


def convert(plain: Path, target: Path) -> None:
    with plain.open("rb") as stream:
        rows = fastavro.reader(stream)
        schema = _schema(rows.writer_schema)
        with pyarrow.parquet.ParquetWriter(target, schema, compression="zstd") as writer:
            for batch in batches(rows):
                writer.write_table(pyarrow.Table.from_pylist(batch, schema))


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch


def _schema(avro: Any) -> Any:
    fields = {field["name"]: field["type"] for field in avro["fields"]}
    return pyarrow.schema([(name, TYPES[_plain(kind)]) for name, kind in fields.items()])


def _plain(kind: Any) -> str:
    """Take the type out of what is it or null."""
    return str(kind[-1] if isinstance(kind, list) else kind)


if __name__ == "__main__":
    run_side(convert)
