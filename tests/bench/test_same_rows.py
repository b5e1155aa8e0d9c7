"""A benchmark whose sides hold different rows fails."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from bench.same_rows import DifferentRowsError, compare_rows


@dataclass(frozen=True)
class Table:
    """One side's rows, out of its query."""

    name: str
    query: str

    def rows(self, columns: str) -> str:
        return f"from ({self.query}) select {columns}"


OURS = Table("ours", "from state.transactions")


@pytest.fixture
def landed(tmp_path: Path) -> str:
    """A landed file, and a warehouse of its rows whose amounts are typed."""
    file = str(tmp_path / "landed.parquet")
    with duckdb.connect(tmp_path / "warehouse.duckdb") as warehouse:
        warehouse.sql(
            "select 'T' || range as guid, range / 8 as amount from range(9)"
        ).write_parquet(file)
        warehouse.execute("create schema state")
        warehouse.read_parquet(file).project(
            "guid, cast(amount as decimal(18, 2)) as amount"
        ).create("state.transactions")
    return file


def test_the_same_rows_are_the_same(landed: str, tmp_path: Path) -> None:
    sides = [OURS, Table("peer", f"from '{landed}' order by guid desc")]

    compare_rows(sides, warehouse=tmp_path / "warehouse.duckdb", like=landed)


@pytest.mark.parametrize(
    "query",
    [
        "from '{}' where guid <> 'T3'",
        "select * replace (case guid when 'T3' then 'T4' else guid end as guid) from '{}'",
        "select * replace (amount + 0.01 as amount) from '{}'",
    ],
    ids=["a row less", "another key", "other amounts"],
)
def test_another_row_is_a_difference(query: str, landed: str, tmp_path: Path) -> None:
    sides = [OURS, Table("peer", query.format(landed))]

    with pytest.raises(DifferentRowsError, match="'peer': "):
        compare_rows(sides, warehouse=tmp_path / "warehouse.duckdb", like=landed)
