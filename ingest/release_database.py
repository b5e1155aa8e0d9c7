"""Write one database of a release: the tables that readers need, described, copied or masked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from ingest.catalogue import Catalogue, Column, Table
from ingest.mask import Mask, masked
from ingest.release_macros import make_macros, write_macros_out
from ingest.warehouse import reading

STORAGE_VERSION: Final = "v1.4.0"
"""What drivers of DuckDB 1.4 and later open."""
SCHEMAS: Final = ("main", "history", "ops", "marts")
RELEASE: Final = ("ops", "release")
HASHED: Final = "Masked: a keyed hash."

Database = duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a database says of itself."""

    release: int
    build: str
    built_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What a database holds, and which macros it lacks as they read what is absent from it."""

    tables: int
    macros_left_out: list[str]


@dataclass(frozen=True, slots=True)
class Built:
    """The warehouse, attached as `built`, and the macros of its schema `marts`."""

    database: Database
    macros: list[str]


@contextmanager
def open_built(warehouse: Path, *, scratch: Path, memory_bytes: int) -> Iterator[Built]:
    """Open the warehouse as `built`, so that nobody writes to it until the block ends.

    Args:
        scratch: where DuckDB spills what does not fit into memory.

    Raises:
        WarehouseError: there is none, it is being built, or a query fails.
    """
    with reading(warehouse), duckdb.connect(":memory:") as database:
        database.execute("set TimeZone = 'UTC'")
        database.execute("set preserve_insertion_order = false")
        database.execute(f"set memory_limit = '{memory_bytes}B'")
        database.execute(f"set temp_directory = {literal(scratch / 'spilled')}")
        database.execute(f"attach {literal(warehouse)} as built (read_only)")
        yield Built(database, write_macros_out(database, scratch=scratch))


def write_database(
    path: Path, *, built: Built, catalogue: Catalogue, label: Label, mask: Mask | None = None
) -> Written:
    """Write a database from the opened warehouse.

    Args:
        mask: hash personal columns with it and leave sensitive ones out; without it copy all.
    """
    database = built.database
    with _attached(path, database):
        copied = [
            _copy_table(database, name, catalogue.table(*name), mask=mask)
            for name in _names(database)
            if name[0] != "ops" or catalogue.table(*name).is_published
        ]
        _write_release(database, label, catalogue.table(*RELEASE), is_masked=mask is not None)
        left_out = make_macros(database, built.macros, must_hold=mask is None)
    return Written(sum(copied), left_out)


@contextmanager
def _attached(path: Path, database: Database) -> Iterator[None]:
    """Attach a new file under the name that its readers will know it by, and write it out."""
    version = f"(storage_version '{STORAGE_VERSION}')"
    database.execute(f"attach {literal(path)} as {path.stem} {version}")
    database.execute(f"use {path.stem}")
    for schema in SCHEMAS:
        database.execute(f"create schema if not exists {schema}")
    yield
    database.execute(f"checkpoint {path.stem}")
    database.execute("use memory")
    database.execute(f"detach {path.stem}")


def _names(database: Database) -> list[tuple[str, str]]:
    """List the tables and views of the warehouse's schemas that readers see."""
    query = """
        select schema_name, table_name from duckdb_tables() where database_name = 'built'
        union all
        select schema_name, view_name from duckdb_views()
        where database_name = 'built' and not internal
        order by all
    """
    return [row for row in database.execute(query).fetchall() if row[0] in SCHEMAS]


def _copy_table(
    database: Database, name: tuple[str, str], table: Table, *, mask: Mask | None
) -> bool:
    """Copy a table; say whether there is one, as none is left where all its columns are hidden."""
    described = database.execute(f"describe built.{quoted(*name)}").fetchall()
    columns = {row[0]: table.column(row[0]) for row in described}
    if mask:
        columns = {each: column for each, column in columns.items() if not column.is_hidden}
    if not columns:
        return False
    is_hashed = {each: mask is not None and column.is_masked for each, column in columns.items()}
    selected = ", ".join(
        f"{masked(quoted(each))} as {quoted(each)}" if is_hashed[each] else quoted(each)
        for each in columns
    )
    bound = mask.bound() if mask and any(is_hashed.values()) else {}
    query = f"create table {quoted(*name)} as select {selected} from built.{quoted(*name)}"
    database.execute("begin")
    database.execute(query, bound)
    _describe(database, name, table.description, columns, is_hashed)
    database.execute("commit")
    return True


def _describe(
    database: Database,
    name: tuple[str, str],
    description: str,
    columns: dict[str, Column],
    is_hashed: dict[str, bool],
) -> None:
    if description:
        database.execute(f"comment on table {quoted(*name)} is {literal(description)}")
    for each, column in columns.items():
        said = [column.description] if column.description else []
        text = ". ".join([*said, HASHED] if is_hashed[each] else said)
        if text:
            database.execute(f"comment on column {quoted(*name, each)} is {literal(text)}")


def _write_release(database: Database, label: Label, table: Table, *, is_masked: bool) -> None:
    query = f"""
        create table {quoted(*RELEASE)} as
        select
            cast($release as bigint) as release,
            cast($build as varchar) as build,
            cast($built_at as timestamptz) as built_at,
            cast($is_masked as boolean) as is_masked
    """
    facts = asdict(label) | {"is_masked": is_masked}
    database.execute(query, facts)
    _describe(database, RELEASE, table.description, table.columns, dict.fromkeys(facts, False))


def quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str | Path) -> str:
    return "'" + str(text).replace("'", "''") + "'"
