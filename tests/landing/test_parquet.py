"""Landed Parquet has its rows in order, numbered, with types that the ledger names."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.delivery.avro.decode import ROWS, Container
from ingest.delivery.names import DailyFile, parse_name
from ingest.landing.parquet import ROW_GROUP_ROWS, write_parquet
from tests.support.sender import CLIENT, DAY

BATCH_ROWS = 10_000


@pytest.fixture
def file() -> DailyFile:
    parsed = parse_name(f"{CLIENT}.{DAY}.users.created.pgp")
    assert isinstance(parsed, DailyFile)
    return parsed


def write(file: DailyFile, target: Path, *, batches: int, row_group_bytes: int) -> pq.ParquetFile:
    """Land batches of rows that count from 0, a tenth of them in some of ten cities."""
    schema = pa.schema([("number", pa.int64()), ("city", pa.string())])

    def rows() -> Iterator[pa.RecordBatch]:
        for batch in range(batches):
            numbers = range(batch * BATCH_ROWS, (batch + 1) * BATCH_ROWS)
            cities = [f"city {number % 10}" for number in numbers]
            yield pa.record_batch([pa.array(numbers), pa.array(cities)], schema=schema)

    return land(file, target, rows(), schema=schema, row_group_bytes=row_group_bytes)


def land(
    file: DailyFile,
    target: Path,
    batches: Iterator[pa.RecordBatch],
    *,
    schema: pa.Schema,
    row_group_bytes: int = 1,
) -> pq.ParquetFile:
    write_parquet(
        Container(schema=schema, batches=(each for each in batches), decoder=ROWS),
        file=file,
        plain_sha256="0" * 64,
        target=target,
        row_group_bytes=row_group_bytes,
    )
    return pq.ParquetFile(target)


def test_rows_stay_in_file_order_and_are_numbered_through(file: DailyFile, tmp_path: Path) -> None:
    landed = write(file, tmp_path / "x", batches=3, row_group_bytes=1).read()

    assert landed["number"].to_pylist() == list(range(3 * BATCH_ROWS))
    assert landed["_row_number"].to_pylist() == list(range(3 * BATCH_ROWS))


def test_a_row_group_is_what_one_thread_of_a_reader_takes(file: DailyFile, tmp_path: Path) -> None:
    landed = write(file, tmp_path / "x", batches=13, row_group_bytes=1 << 30).metadata

    sizes = [landed.row_group(number).num_rows for number in range(landed.num_row_groups)]
    assert sizes == [ROW_GROUP_ROWS, ROW_GROUP_ROWS, 13 * BATCH_ROWS - 2 * ROW_GROUP_ROWS]


def test_wide_rows_make_smaller_row_groups(file: DailyFile, tmp_path: Path) -> None:
    landed = write(file, tmp_path / "x", batches=4, row_group_bytes=1).metadata

    assert landed.num_row_groups == 4


@pytest.mark.parametrize("column", [0, 1], ids=["number", "city"])
def test_every_column_is_compressed_and_can_be_pruned(
    file: DailyFile, tmp_path: Path, column: int
) -> None:
    chunk = write(file, tmp_path / "x", batches=1, row_group_bytes=1).metadata.row_group(0)

    assert chunk.column(column).compression == "ZSTD"
    assert chunk.column(column).statistics.has_min_max
    assert chunk.column(column).statistics.null_count == 0


def test_a_column_that_repeats_itself_has_a_dictionary(file: DailyFile, tmp_path: Path) -> None:
    chunk = write(file, tmp_path / "x", batches=1, row_group_bytes=1).metadata.row_group(0)

    assert "RLE_DICTIONARY" in chunk.column(1).encodings
    assert chunk.column(1).total_compressed_size < BATCH_ROWS


def test_a_list_that_repeats_itself_has_a_dictionary(file: DailyFile, tmp_path: Path) -> None:
    schema = pa.schema([("cities", pa.list_(pa.string()))])
    batch = pa.record_batch([[["Oslo", "Rome"]] * BATCH_ROWS], schema=schema)

    landed = land(file, tmp_path / "x", iter([batch]), schema=schema)

    assert "RLE_DICTIONARY" in landed.metadata.row_group(0).column(0).encodings
    assert landed.read(["cities"]).to_pylist() == [{"cities": ["Oslo", "Rome"]}] * BATCH_ROWS


def test_row_numbers_take_next_to_no_space(file: DailyFile, tmp_path: Path) -> None:
    landed = write(file, tmp_path / "x", batches=1, row_group_bytes=1)
    column = landed.schema_arrow.names.index("_row_number")
    chunk = landed.metadata.row_group(0).column(column)

    assert "DELTA_BINARY_PACKED" in chunk.encodings
    assert chunk.total_compressed_size < BATCH_ROWS / 10
