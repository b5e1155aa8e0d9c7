"""Check every stored file, and compare each built table with a replay of all landed files."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ingest.errors import WarehouseError
from ingest.landing.stored_files import Checked, check_files, index_damage
from ingest.settings.isolation import child_environment
from ingest.store.durable import scratch_folder
from ingest.store.index.catch_up import open_state
from ingest.store.index.check import check_index
from ingest.store.lock import run_lock
from ingest.warehouse.database import Database, NoSuchName, literal, open_warehouse, quoted
from ingest.warehouse.dbt import DBT, dbt_environment

TABLES: Final = """
    select table_schema, table_name
    from information_schema.tables
    where table_catalog = current_database() and table_schema in ('main', 'history', 'state')
"""
KEY: Final = ("_client_guid", "guid", "_source_file", "_row_number")
MOST_ROWS: Final = 5
"""How many rows of a table are named; one that differs is enough to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """A table or view that differs from the replay's."""

    table: str
    missing: list[str]
    """Keys of rows that the replay has and the warehouse has not, or has otherwise."""
    extra: list[str]
    """Keys of rows that the warehouse has and the replay has not, or has otherwise."""


@dataclass(frozen=True, slots=True)
class _Content:
    """The columns, row count and hash of a table or view, in any order."""

    columns: set[tuple[str, str]]
    row_count: int
    digest: int | None


def verify_files(data: Path) -> Checked:
    """Compare every landed and archived file with its record in the ledger.

    Raises:
        LockError: an ingest or a build is at work.
        LedgerError: the ledger is damaged.
    """
    with run_lock(data, run_id="verify"):
        problem = check_index(data / "ledger")
        with open_state(data / "ledger") as state:
            checked = check_files(data, state, now=datetime.now(tz=UTC))
    if problem:
        checked.damaged.insert(0, index_damage(problem))
    return checked


def verify_warehouse(
    data: Path, *, memory_bytes: int | None = None
) -> tuple[int, list[TableDifference]]:
    """Compare the warehouse with a replay of the landing.

    Args:
        memory_bytes: what the replay may use before it spills.

    Returns:
        How many tables and views were compared, and those that differ.

    Raises:
        LockError: an ingest or a build is at work.
        WarehouseError: there is no warehouse, or the replay fails.
    """
    with run_lock(data, run_id="verify"), scratch_folder(data) as scratch:
        for name in ("landing", "ledger"):
            (scratch / name).symlink_to((data / name).absolute())
        _replay(scratch, memory_bytes=memory_bytes)
        # a view names its database, so that each of them is opened by itself
        with (
            open_warehouse(data / "warehouse.duckdb") as built,
            open_warehouse(scratch / "warehouse.duckdb") as replayed,
        ):
            tables = sorted({*_tables(built), *_tables(replayed)})
            compared = (_compare(built, replayed, table, scratch) for table in tables)
            return len(tables), [each for each in compared if each is not None]


def _replay(scratch: Path, *, memory_bytes: int | None) -> None:
    environment = child_environment() | dbt_environment(scratch, memory_bytes=memory_bytes)
    done = subprocess.run(  # noqa: S603 - own command
        [str(DBT), "--quiet", "run"], env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise WarehouseError(f"replay: expected dbt to build, found {done.stdout.strip()[-300:]}")


def _tables(warehouse: Database) -> Iterator[str]:
    for names in warehouse.execute(TABLES).fetchall():
        yield quoted(*names)


def _compare(
    built: Database, replayed: Database, table: str, scratch: Path
) -> TableDifference | None:
    found, expected = _content(built, table), _content(replayed, table)
    if expected is None:
        return TableDifference(table=table, missing=[], extra=["all"])
    if found is None:
        return TableDifference(table=table, missing=["all"], extra=[])
    if found == expected:
        return None
    if found.columns != expected.columns:
        missing, extra = expected.columns - found.columns, found.columns - expected.columns
        return TableDifference(table=table, missing=[*map(str, missing)], extra=[*map(str, extra)])
    paths = [literal(str(scratch / f"{name}.parquet")) for name in ("built", "replayed")]
    for warehouse, path in zip((built, replayed), paths, strict=True):
        warehouse.execute(f"copy ({_rows(table, found.columns)}) to {path}")
    return TableDifference(
        table=table,
        missing=_keys(built, f"from {paths[1]} except all from {paths[0]}"),
        extra=_keys(built, f"from {paths[0]} except all from {paths[1]}"),
    )


def _content(warehouse: Database, table: str) -> _Content | None:
    """Read what a table holds; None where there is none, or a view lacks a table that it reads."""
    with suppress(*NoSuchName):
        columns = {(row[0], row[1]) for row in warehouse.execute(f"describe {table}").fetchall()}
        query = f"select count(*), sum(hash(rows)::hugeint) from ({_rows(table, columns)}) as rows"
        [(row_count, digest)] = warehouse.execute(query).fetchall()
        return _Content(columns, row_count, digest)
    return None


def _rows(table: str, columns: set[tuple[str, str]]) -> str:
    names = ", ".join(quoted(name) for name, _ in sorted(columns))
    return f"select {names} from {table}"


def _keys(warehouse: Database, rows: str) -> list[str]:
    """Name rows by their key, or by the file and row that gave their values."""
    result = warehouse.execute(f"from ({rows}) limit {MOST_ROWS}")
    names = [column[0] for column in result.description]
    wanted = [name for name in KEY if name in names]
    rows_found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return [" ".join(str(row[name]) for name in wanted) for row in rows_found]
