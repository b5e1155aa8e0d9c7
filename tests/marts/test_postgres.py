"""The ten questions of analysts have the same answers in PostgreSQL and in the release."""

import re
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from ingest.warehouse.publish.postgres.mirror import mirror_release
from ingest.warehouse.publish.postgres.server import read_target
from tests.dbt_project.conftest import Warehouse
from tests.marts.test_questions import QUESTIONS, sorted_rows
from tests.support.postgres import PASSWORD, Database, Postgres

GUIDE: Final = (Path(__file__).parents[2] / "docs" / "postgresql.md").read_text()
WITHOUT_MACRO: Final = {8: re.findall(r"```sql\n(with days .*?)```", GUIDE, re.DOTALL)[0]}


@pytest.fixture(scope="session")
def mirror(world: Path, postgres_server: Postgres) -> Database:
    database = postgres_server.make_database()
    target = read_target(database.url(), is_full=True, reader=database.reader, password=PASSWORD)
    mirror_release(world, target, memory_bytes=1 << 30)
    return database


@pytest.mark.parametrize("number", range(10), ids=[question for question, *_ in QUESTIONS])
def test_postgresql_answers_as_the_release_does(
    published: Warehouse, mirror: Database, number: int
) -> None:
    sql = QUESTIONS[number][2]
    expected = published.execute(sql).fetchall()

    found = mirror.ask(WITHOUT_MACRO.get(number, sql))

    assert expected
    assert sorted_rows(found) == sorted_rows(expected)


def test_every_table_has_the_same_rows(published: Warehouse, mirror: Database) -> None:
    """Every value that both have alike: all but nested ones."""
    alike = {"BOOLEAN", "BIGINT", "INTEGER", "DOUBLE", "VARCHAR", "DATE"}
    query = """
        select schema_name, table_name, list(column_name), list(data_type)
        from duckdb_columns() where not internal and database_name = current_database()
        group by all order by all
    """
    tables = published.execute(query).fetchall()
    for schema, table, columns, kinds in tables:
        names = ", ".join(
            f'"{name}"'
            for name, kind in zip(columns, kinds, strict=True)
            if kind in alike or kind.startswith(("DECIMAL", "TIMESTAMP"))
        )
        asked = f'select {names} from "{schema}"."{table}"'
        assert as_texts(mirror.ask(asked)) == as_texts(published.execute(asked).fetchall()), table
    assert len(tables) > 50


def as_texts(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    return sorted([_as_text(value) for value in row] for row in rows)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
