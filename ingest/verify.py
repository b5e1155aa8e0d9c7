"""Replay all that has landed into a scratch warehouse, and compare each table with the built."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingest.dbt import DBT, dbt_environment
from ingest.durable import scratch_folder
from ingest.errors import WarehouseError
from ingest.lock import run_lock
from ingest.warehouse import open_warehouse

SCHEMAS = ("main", "history", "state")
DATABASES = ("warehouse", "replayed")
KEY = ("_client_guid", "guid", "_source_file", "_row_number")
MOST_ROWS = 5
"""How many rows of a table are named; one that differs is enough to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """One table that is not what a replay makes of the landing."""

    table: str
    missing: list[str]
    """Keys of rows that the replay has and the warehouse has not, or has otherwise."""
    extra: list[str]
    """Keys of rows that the warehouse has and the replay has not, or has otherwise."""


def verify_warehouse(
    data: Path, *, memory_bytes: int | None = None
) -> tuple[int, list[TableDifference]]:
    """Compare the warehouse with a replay of the landing.

    Args:
        memory_bytes: what the replay may use before it spills.

    Returns:
        How many tables were compared, and those that differ.

    Raises:
        LockError: an ingest or a build is at work.
        WarehouseError: there is no warehouse, or the replay fails.
    """
    with run_lock(data, run_id="verify"), scratch_folder(data) as scratch:
        for name in ("landing", "ledger"):
            (scratch / name).symlink_to((data / name).absolute())
        _replay(scratch, memory_bytes=memory_bytes)
        with open_warehouse(data / "warehouse.duckdb") as connection:
            replayed = str(scratch / "warehouse.duckdb").replace("'", "''")
            connection.execute(f"attach '{replayed}' as replayed (read_only)")
            built, again = (set(_tables(connection, database)) for database in DATABASES)
            compared = (_compare(connection, table) for table in sorted(built & again))
            differing = [each for each in compared if each is not None]
            for table in sorted(built ^ again):
                missing, extra = (["all"], []) if table in again else ([], ["all"])
                differing.append(TableDifference(table=table, missing=missing, extra=extra))
            return len(built | again), differing


def _replay(scratch: Path, *, memory_bytes: int | None) -> None:
    command = [str(DBT), "--quiet", "run"]
    command += ["--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs")]
    environment = os.environ | dbt_environment(scratch, memory_bytes=memory_bytes)
    done = subprocess.run(  # noqa: S603
        command, env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise WarehouseError(f"replay: expected dbt to build, found {done.stdout.strip()[-300:]}")


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> Iterator[str]:
    query = "select schema_name, table_name from duckdb_tables() where database_name = ?"
    for schema, name in connection.execute(query, [database]).fetchall():
        if schema in SCHEMAS:
            yield f'"{schema}"."{name}"'


def _compare(connection: duckdb.DuckDBPyConnection, table: str) -> TableDifference | None:
    """Compare a table's columns and rows; an order of either is no difference."""
    columns = [_columns(connection, f"{database}.{table}") for database in DATABASES]
    if columns[0] != columns[1]:
        missing, extra = ([*map(str, columns[i] - columns[1 - i])] for i in (1, 0))
        return TableDifference(table=table, missing=missing, extra=extra)
    listed = ", ".join(f'"{name}"' for name, _ in sorted(columns[0]))
    built, replayed = (f"select {listed} from {database}.{table}" for database in DATABASES)
    if _digest(connection, built) == _digest(connection, replayed):
        return None
    return TableDifference(
        table=table,
        missing=_keys(connection, f"{replayed} except all {built}"),
        extra=_keys(connection, f"{built} except all {replayed}"),
    )


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[tuple[str, str]]:
    described = connection.execute(f"describe {table}").fetchall() if table else []
    return {(row[0], row[1]) for row in described}


def _digest(connection: duckdb.DuckDBPyConnection, rows: str) -> list[Any]:
    query = f"select count(*), sum(hash(rows)::hugeint) from ({rows}) as rows"
    return connection.execute(query).fetchall()


def _keys(connection: duckdb.DuckDBPyConnection, rows: str) -> list[str]:
    """Name rows by their key, or by the file and row that gave their values."""
    result = connection.execute(f"select * from ({rows}) limit {MOST_ROWS}")
    names = [column[0] for column in result.description]
    wanted = [name for name in KEY if name in names]
    rows_found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return [" ".join(str(row[name]) for name in wanted) for row in rows_found]
