"""Write the rows of a daily file as Parquet, each with the file and place that it came from."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.delivery.avro.decode import Container
from ingest.delivery.avro.schema import LINEAGE
from ingest.delivery.names import DailyFile

ROW_NUMBER: Final = "_row_number"
ROW_GROUP_ROWS: Final = 61_440
"""Half of DuckDB's row group, which is one task for a reading thread. With half, a file lands in a
tenth less time and is read in a tenth more: less is left to write once all is decoded."""


def write_parquet(
    container: Container,
    *,
    file: DailyFile,
    plain_sha256: str,
    target: Path,
    row_group_bytes: int,
) -> int:
    """Write a container's rows, each with its lineage, and return their number.

    Raises:
        RejectedError: the rows do not fit the container's schema.
    """
    lineage = {
        "_resource": file.resource,
        "_event": str(file.event),
        "_snapshot_date": file.delivery.snapshot_date,
        "_client_guid": file.delivery.client_guid,
        "_source_file": file.stem,
        "_source_sha256": plain_sha256,
    }
    schema = pa.schema([*container.schema, *(pa.field(*column) for column in LINEAGE.items())])
    row_count = 0
    with closing(container.batches), _open_writer(target, schema) as writer:
        for table in _row_groups(container.batches, max_bytes=row_group_bytes):
            numbers = pa.arange(row_count, row_count + table.num_rows)
            columns = [table.column(field.name) for field in container.schema]
            for name, kind in LINEAGE.items():
                constant = pa.scalar(lineage.get(name), kind)
                is_number = name == ROW_NUMBER
                columns.append(numbers if is_number else pa.repeat(constant, table.num_rows))
            writer.write_table(pa.table(columns, schema=schema), row_group_size=ROW_GROUP_ROWS)
            row_count += table.num_rows
    return row_count


def _open_writer(target: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a file in which every column but the row number has a dictionary.

    pyarrow wants the names of all other columns, and names nested ones only after writing; files
    with nested columns get a dictionary for the row number, too.
    """
    if any(pa.types.is_nested(field.type) for field in schema):
        return pq.ParquetWriter(target, schema, compression="zstd")
    return pq.ParquetWriter(
        target,
        schema,
        compression="zstd",
        use_dictionary=[name for name in schema.names if name != ROW_NUMBER],
        column_encoding={ROW_NUMBER: "DELTA_BINARY_PACKED"},
    )


def _row_groups(batches: Iterator[pa.RecordBatch], *, max_bytes: int) -> Iterator[pa.Table]:
    """Gather batches into row groups; surplus rows begin the next one."""
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows < ROW_GROUP_ROWS and size < max_bytes:
            continue
        gathered = pa.Table.from_batches(group)
        yield gathered.slice(0, ROW_GROUP_ROWS)
        group = gathered.slice(ROW_GROUP_ROWS).to_batches()
        rows, size = sum(each.num_rows for each in group), sum(each.nbytes for each in group)
    if group:
        yield pa.Table.from_batches(group)
