"""A benchmark of landing fails where its sides have landed different rows."""

from pathlib import Path

import duckdb
import pytest

from bench.same_files import compare_files
from bench.same_rows import DifferentRowsError

ROWS = """
    select
        'TRN-' || range as guid, 'ACT-1' as account_guid, 0.5::double as amount,
        'Coffee' as description, 1::bigint as created_at, true as is_expense, 7 as only_ours
    from range(3)
"""


@pytest.fixture
def ours(tmp_path: Path) -> str:
    return write(tmp_path / "ours.parquet", "select *")


def write(path: Path, columns: str) -> str:
    duckdb.execute(f"copy ({columns} from ({ROWS})) to '{path}' (format parquet)")
    return str(path)


def test_columns_of_one_side_alone_are_not_compared(tmp_path: Path, ours: str) -> None:
    theirs = write(tmp_path / "theirs.parquet", "select * exclude (only_ours)")

    compare_files({"ours": [ours], "theirs": [theirs]}, row_count=3)


@pytest.mark.parametrize(
    "other",
    ["select * replace ('Tea' as description)", "select * replace (0.6::double as amount)"],
)
def test_another_value_is_a_difference(tmp_path: Path, ours: str, other: str) -> None:
    theirs = write(tmp_path / "theirs.parquet", other)

    with pytest.raises(DifferentRowsError, match="rows: expected 3, the same on all sides"):
        compare_files({"ours": [ours], "theirs": [theirs]}, row_count=3)


def test_a_missing_row_is_a_difference_even_on_all_sides(ours: str) -> None:
    with pytest.raises(DifferentRowsError, match="rows: expected 4"):
        compare_files({"ours": [ours], "theirs": [ours]}, row_count=4)


def test_a_column_of_another_type_is_told(tmp_path: Path, ours: str) -> None:
    theirs = write(tmp_path / "theirs.parquet", "select * replace (1 as guid)")

    with pytest.raises(DifferentRowsError, match=r"columns: expected \['guid'\] alike"):
        compare_files({"ours": [ours], "theirs": [theirs]}, row_count=3)
