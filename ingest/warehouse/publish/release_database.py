"""Write one database of a release: the tables that readers need, described, copied or masked."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from ingest.warehouse.database import Database, current_catalog, literal, quoted
from ingest.warehouse.models.catalogue import Catalogue, Table
from ingest.warehouse.publish.from_warehouse import Built
from ingest.warehouse.publish.mask import Mask, masked
from ingest.warehouse.publish.views_and_macros import make_again, write_views_out

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
        mask: hash personal columns with it and leave sensitive ones out; without it copy all, and
            make those views again that stay views.
    """
    tables = {
        (schema, name): catalogue.table(schema, name, model)
        for schema, name, model in built.relations
    }
    staying = [name for name, table in tables.items() if table.stays_view and not mask]
    views = write_views_out(built.database, staying)
    statements = [*views.values(), *built.macros]
    schemas = {schema for schema, _ in tables} | {RELEASE[0], "marts"}
    with _attached(path, built.database, schemas=sorted(schemas)):
        copied = [
            _copy_table(built, name, table, mask=mask)
            for name, table in tables.items()
            if name not in views
        ]
        release = catalogue.table(*RELEASE)
        _write_release(built.database, label, release, is_masked=mask is not None)
        left_out = make_again(built.database, statements, must_hold=mask is None)
        for name in views:
            _describe(built.database, name, tables[name], is_view=True)
    return Written(sum(copied) + len(views), left_out)


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
    database = built.database
    shown = [
        each
        for each in _columns(database, (built.catalog, *name))
        if not (mask and table.column(each).is_hidden)
    ]
    if not shown:
        return False
    hashed = {each for each in shown if mask and table.column(each).is_masked}
    selected = ", ".join(
        f"{masked(quoted(each))} as {quoted(each)}" if each in hashed else quoted(each)
        for each in shown
    )
    query = f"create table {quoted(*name)} as select {selected} from {quoted(built.catalog, *name)}"
    database.execute("begin")
    database.execute(query, mask.bound() if mask and hashed else {})
    _describe(database, name, table, hashed=hashed)
    database.execute("commit")
    return True


def _columns(database: Database, name: tuple[str, ...]) -> list[str]:
    return [each for each, *_ in database.execute(f"describe {quoted(*name)}").fetchall()]


def _describe(
    database: Database,
    name: tuple[str, str],
    table: Table,
    *,
    hashed: Collection[str] = (),
    is_view: bool = False,
) -> None:
    """Comment on a table or view, and on those of its columns that are described."""
    if table.description:
        kind = "view" if is_view else "table"
        database.execute(f"comment on {kind} {quoted(*name)} is {literal(table.description)}")
    for each in _columns(database, name):
        said = [table.column(each).description, HASHED if each in hashed else ""]
        if text := ". ".join(filter(None, said)):
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
    _describe(database, RELEASE, table)
