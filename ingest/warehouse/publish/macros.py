"""Copy the macros of the schema `marts` from the warehouse into a database of a release."""

import re
from pathlib import Path
from typing import Final

from ingest.warehouse.database import Database, DatabaseError, NoSuchName, current_catalog, literal

_MACRO: Final = re.compile(r"create macro (marts\.\S+)", re.IGNORECASE)
_CATALOG: Final = re.compile(r'\b(?:warehouse|"warehouse")\.(?=(?:main|history|ops|marts)\.)')


def write_macros_out(database: Database, *, scratch: Path) -> list[str]:
    """Export the macros as statements that name no database, so that they run in any.

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


def make_macros(database: Database, macros: list[str], *, must_hold: bool) -> list[str]:
    """Make macros in the database in use.

    Args:
        must_hold: whether one that cannot be made is an error.

    Returns:
        The names of those that cannot be made, as they read what is not here.
    """
    while macros:
        failed = {macro: error for macro in macros if (error := _make(database, macro))}
        if len(failed) == len(macros):
            if must_hold:
                raise next(iter(failed.values()))
            return [str(_MACRO.match(macro)[1]) for macro in macros]  # type: ignore[index]  # all match
        macros = list(failed)  # one may use another that was made after it
    return []


def _make(database: Database, macro: str) -> DatabaseError | None:
    try:
        database.execute(macro)
    except NoSuchName as error:
        return error
    return None
