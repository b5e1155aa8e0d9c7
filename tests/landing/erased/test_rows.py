"""Rows of erased users are found by their own key or by an owner's, whatever columns a file has."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.landing.erased.keys import ErasedKeys
from ingest.landing.erased.rows import Found, find_rows


@pytest.fixture
def keys() -> ErasedKeys:
    made = ErasedKeys(b"a secret")
    made.hashes |= {made.hash("C", "users", "U1"), made.hash("C", "tags", "T3")}
    return made


def write(path: Path, **columns: object) -> Path:
    table = pa.table(columns)
    numbers = pa.array(range(table.num_rows), pa.int64())
    pq.write_table(table.append_column("_row_number", numbers), path)
    return path


def test_rows_are_found_by_their_own_key_and_by_owners(tmp_path: Path, keys: ErasedKeys) -> None:
    path = write(tmp_path / "a", guid=["T1", "T2", "T3", None], user_guid=["U1", None, "U2", "U1"])

    found = find_rows([path], client="C", resource="tags", keys=keys)

    assert found == {str(path): Found(rows=[0, 2, 3], guids={"T1", "T3"})}


def test_a_key_belongs_to_a_client_and_a_resource(tmp_path: Path, keys: ErasedKeys) -> None:
    path = write(tmp_path / "a", guid=["U1", "T3"])

    assert find_rows([path], client="C", resource="goals", keys=keys) == {}
    assert find_rows([path], client="D", resource="tags", keys=keys) == {}


def test_files_with_other_columns_and_types_are_read_together(
    tmp_path: Path, keys: ErasedKeys
) -> None:
    """A field that names records and is no text names none."""
    paths = [
        write(tmp_path / "a", guid=["T3"]),
        write(tmp_path / "b", guid=pa.array([3]), user_guid=["U1"]),
        write(tmp_path / "c", guid=[["T3"]], user_guid=[b"\xff"]),
        write(tmp_path / "d", name=["nobody"]),
        write(tmp_path / "e", guid=pa.array([], pa.string())),
    ]

    found = find_rows(paths, client="C", resource="tags", keys=keys)

    assert {Path(path).name: each.rows for path, each in found.items()} == {"a": [0], "b": [0]}
