"""A small warehouse as dbt leaves it, for tests of how it is published."""

import subprocess
import sys
from pathlib import Path

import duckdb

from ingest.warehouse.publish.mask import Mask
from ingest.warehouse.publish.serving import Serving

KEY = "a key of the tests alone"

ASK = """
import sys, duckdb
database = duckdb.connect(sys.argv[1], read_only=True)
print(database.execute("select guid from main.users").fetchall()[0][0])
"""

TABLES = """
create schema if not exists history;
create schema if not exists ops;
create schema if not exists marts;
create table main.users as
    select 'U1' as guid, 'partner-1' as id, 'ann@example.com' as email, 'x' as nobody_classed;
create table main.accounts as
    select 'A1' as guid, 'partner-1' as user_id, '4000123412341234' as account_number;
create table history.users as select *, 1 as _version from main.users;
create table ops.deliveries as select 'C1' as client_guid;
create table ops.landed_files as select 'U1' as guid;
create table ops.ledger_marks (file varchar, mark varchar);
create table ops.applied_files (path varchar, plain_sha256 varchar, record_count bigint);
create table ops.finished (build varchar, finished_at timestamptz, sources varchar);
create table ops.published_relations (table_schema varchar, table_name varchar, model varchar);
insert into ops.published_relations values
    ('main', 'users', 'users'),
    ('main', 'accounts', 'accounts'),
    ('history', 'users', 'history_users'),
    ('ops', 'deliveries', 'deliveries'),
    ('history', 'a_log', '');
"""


def write_warehouse(data: Path, *statements: str) -> Path:
    """Write a warehouse that is finished."""
    data.mkdir(mode=0o700)
    with duckdb.connect(data / "warehouse.duckdb") as warehouse:
        for statement in (TABLES, *statements):
            warehouse.execute(statement)
    build_again(data, "1")
    return data


def build_again(data: Path, build: str, *statements: str) -> None:
    """Leave the warehouse as another complete build would: `main.users` tells which."""
    with duckdb.connect(data / "warehouse.duckdb") as warehouse:
        warehouse.execute("update main.users set guid = ?", [f"U{build}"])
        warehouse.execute("delete from ops.finished")
        for statement in statements:
            warehouse.execute(statement)
        warehouse.execute("insert into ops.finished values (?, now(), 'project ledger')", [build])


def serving(*, keep: int = 5, key: str | None = KEY) -> Serving:
    return Serving(
        keep=keep,
        mode=0o640,
        masked_mode=0o644,
        mask=Mask(key.encode()) if key else None,
        memory_bytes=1_000_000_000,
    )


def served(data: Path, name: str = "warehouse") -> duckdb.DuckDBPyConnection:
    return duckdb.connect(data / "serve" / f"{name}.duckdb", read_only=True)


def list_as_published(*relations: tuple[str, str]) -> str:
    """Say in SQL that a build has listed these, which models of the same names made."""
    rows = ", ".join(f"('{schema}', '{name}', '{name}')" for schema, name in relations)
    return f"insert into ops.published_relations values {rows}"


def users(database: duckdb.DuckDBPyConnection) -> list[str]:
    return [guid for (guid,) in database.execute("select guid from main.users").fetchall()]


def ask_elsewhere(data: Path) -> str:
    """Ask in a process of its own, which knows no earlier connection."""
    path = data / "serve" / "warehouse.duckdb"
    asked = subprocess.run(
        [sys.executable, "-c", ASK, str(path)], check=True, capture_output=True, text=True
    )
    return asked.stdout.strip()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
