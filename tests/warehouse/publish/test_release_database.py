"""A database of a release describes itself, and keeps the macros of `marts` that it keeps."""

from pathlib import Path

import duckdb
import pytest

from ingest.warehouse.publish.release import publish
from tests.warehouse.publish.warehouse import served, serving, write_warehouse

UNDESCRIBED = """
select schema_name || '.' || table_name || '.' || column_name
from duckdb_columns()
where not internal and comment is null and table_name <> 'spending_plans'
"""
MACROS = [
    "create macro marts.twice(n) as 2 * n",
    "create macro marts.few(most := 1) as table "
    "select guid from warehouse.main.users where marts.twice(1) > most",
    "create macro marts.numbers() as table select account_number from main.accounts",
]


@pytest.mark.parametrize("name", ["warehouse", "warehouse_masked"])
def test_every_table_and_column_is_described(sample: Path, name: str) -> None:
    with served(sample, name) as database:
        undescribed = {column for (column,) in database.execute(UNDESCRIBED).fetchall()}
        tables = "select table_name from duckdb_tables() where comment is null"
        assert database.execute(tables).fetchall() == [("spending_plans",)] * 2

    assert undescribed == set()


def test_what_a_column_holds_is_told_where_it_is_read(sample: Path) -> None:
    query = "select comment from duckdb_columns() where table_name = 'users' and column_name = ?"
    with served(sample, "warehouse_masked") as database:
        found = database.execute(query, ["email"]).fetchall()
    assert found == [("E-mail address. Masked: a keyed hash.",)] * 2


def test_a_sample_is_published_as_it_was_built(sample: Path) -> None:
    tables = """
        select table_schema, table_name from information_schema.tables where table_name <> 'release'
    """
    with served(sample) as release:
        names = release.execute(tables).fetchall()
        published = {name: rows(release, name) for name in names}
    with duckdb.connect(sample / "warehouse.duckdb", read_only=True) as warehouse:
        assert {name: rows(warehouse, name) for name in names} == published
    assert {schema for schema, _ in names} >= {"main", "history", "ops"}
    assert ("marts", "accounts_lean") in names
    assert not list(sample.rglob("*.wal"))


def test_a_view_that_stays_one_is_a_table_where_columns_are_masked(sample: Path) -> None:
    query = "select view_name from duckdb_views() where not internal order by all"
    with served(sample) as release, served(sample, "warehouse_masked") as masked:
        views = [name for (name,) in release.execute(query).fetchall()]

        assert views == ["accounts_lean", "spending_by_month", "transactions_lean"]
        assert masked.execute(query).fetchall() == []
        for name in views:
            count = f"select count(*) from marts.{name}"
            assert masked.execute(count).fetchall() == release.execute(count).fetchall()


def rows(database: duckdb.DuckDBPyConnection, name: tuple[str, str]) -> list[tuple[int, int]]:
    query = f"select count(*), sum(hash(each)::hugeint) from {'.'.join(name)} as each"
    return database.execute(query).fetchall()


def test_macros_of_marts_hold_in_every_database_that_has_what_they_read(data: Path) -> None:
    write_warehouse(data, *MACROS)

    published = publish(data, serving=serving())

    for name in ("warehouse", "warehouse_masked"):
        with served(data, name) as database:
            assert database.execute("from marts.few()").fetchall() == [("U1",)]
            assert database.execute("from marts.few(most := 2)").fetchall() == []
    assert published.macros_left_out == ["marts.numbers"]
    assert published.text().endswith("not in the masked release: marts.numbers")
