"""Copy views, and the macros of the schema `marts`, into a database of a release by their SQL."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from ingest.errors import PublishError
from ingest.warehouse.database import (
    Database,
    NoSuchName,
    current_catalog,
    first_line,
    literal,
)

_MADE: Final = re.compile(r"create (?:macro|view) (\S+)", re.IGNORECASE)
_MACRO: Final = re.compile(r"create macro marts\.", re.IGNORECASE)
_CATALOG: Final = re.compile(r'(?<![\w.])(?:warehouse|"warehouse")\.(?=(?:"[^"]+"|\w+)\.)')


def write_views_out(
    database: Database, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Give the statements that make those of the names that are views, with no database in them."""
    query = """
        select schema_name, view_name, sql from duckdb_views()
        where database_name = current_database()
    """
    return {
        (schema, name): _CATALOG.sub("", sql)
        for schema, name, sql in database.execute(query).fetchall()
        if (schema, name) in names
    }


def write_macros_out(database: Database, *, scratch: Path) -> list[str]:
    """Give the statements that make the macros, without the name of a database.

    DuckDB's catalogue does not tell what a parameter defaults to, but an export of it does.
    """
    query = "select count(*) from duckdb_functions() where schema_name = 'marts' and not internal"
    if database.execute(query).fetchall() == [(0,)]:
        return []
    folder = str(scratch / "exported")
    database.execute("attach ':memory:' as cloned (read_write)")
    database.execute(f"copy from database {current_catalog(database)} to cloned (schema)")
    database.execute(f"export database cloned to {literal(folder)}")
    database.execute("detach cloned")
    exported = database.extract_statements((Path(folder) / "schema.sql").read_text())
    queries = (statement.query.strip() for statement in exported)
    return [_CATALOG.sub("", query) for query in queries if _MACRO.match(query)]


def make_again(database: Database, statements: list[str], *, must_hold: bool) -> list[str]:
    """Make views and macros in the database in use.

    Args:
        must_hold: whether one that cannot be made is an error.

    Returns:
        The names of those that cannot be made, as they read what is not here.

    Raises:
        PublishError: one that must hold cannot be made.
    """
    while statements:
        failed = {each: error for each in statements if (error := _make(database, each))}
        if len(failed) == len(statements):
            names = [str(_MADE.match(each)[1]) for each in failed]  # type: ignore[index]  # all match
            if must_hold:
                found = next(iter(failed.values()))
                raise PublishError(
                    f"{names[0]}: expected it to read only what a release has, found {found}"
                )
            return names
        statements = list(failed)  # one may use another that was made after it
    return []


def _make(database: Database, statement: str) -> str | None:
    try:
        database.execute(statement)
    except NoSuchName as error:
        return first_line(error)
    return None
