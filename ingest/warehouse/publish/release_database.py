"""Write one database of a release: the tables that readers need, described, copied or masked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from ingest.warehouse.database import Database, current_catalog, literal, quoted
from ingest.warehouse.models.catalogue import Catalogue, Column, Table
from ingest.warehouse.publish.from_warehouse import Built
from ingest.warehouse.publish.macros import make_macros
from ingest.warehouse.publish.mask import Mask, masked

STORAGE_VERSION: Final = "v1.4.0"
"""What drivers of DuckDB 1.4 and later open."""
RELEASE: Final = ("ops", "release")
HASHED: Final = "Masked: a keyed hash."


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The row of `ops.release`."""

    release: int
    build: str
    built_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """The number of tables, and the macros left out because a table that they read is absent."""

    tables: int
    macros_left_out: list[str]


def write_database(
    path: Path, *, built: Built, catalogue: Catalogue, label: Label, mask: Mask | None = None
) -> Written:
    """Write a database from the opened warehouse.

    Args:
        mask: hash personal columns with it and leave sensitive ones out; without it copy all.
    """
    schemas = {schema for schema, _, _ in built.relations} | {RELEASE[0], "marts"}
    with _attached(path, built.database, schemas=sorted(schemas)):
        copied = [
            _copy_table(built, (schema, name), catalogue.table(schema, name, model), mask=mask)
            for schema, name, model in built.relations
        ]
        release = catalogue.table(*RELEASE)
        _write_release(built.database, label, release, is_masked=mask is not None)
        left_out = make_macros(built.database, built.macros, must_hold=mask is None)
    return Written(sum(copied), left_out)


@contextmanager
def _attached(path: Path, database: Database, *, schemas: list[str]) -> Iterator[None]:
    """Attach a new file, use it, and write it out."""
    before = current_catalog(database)
    database.execute(
        f"attach {literal(path)} as release (storage_version '{STORAGE_VERSION}', read_write)"
    )
    database.execute("use release")
    for schema in schemas:
        database.execute(f"create schema if not exists {quoted(schema)}")
    yield
    database.execute("checkpoint release")
    database.execute(f"use {quoted(before)}")
    database.execute("detach release")


def _copy_table(built: Built, name: tuple[str, str], table: Table, *, mask: Mask | None) -> bool:
    """Copy a table. False where all its columns are hidden, and no table is made."""
    database, source = built.database, quoted(built.catalog, *name)
    described = database.execute(f"describe {source}").fetchall()
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
    query = f"create table {quoted(*name)} as select {selected} from {source}"
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
