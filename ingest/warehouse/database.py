"""Open DuckDB databases, and write names and texts as SQL.

All other modules but `landing/stored_files` take DuckDB's types and errors from here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from ingest.errors import WarehouseError
from ingest.warehouse.dbt import BUILD_COMMAND

Database = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error
CannotRead = duckdb.IOException
NoSuchTable = duckdb.CatalogException
NoSuchName = (duckdb.CatalogException, duckdb.BinderException)
"""A query names a table, column or macro that is not there."""
DUCKDB_VERSION: Final = duckdb.__version__


@contextmanager
def open_warehouse(path: Path) -> Iterator[Database]:
    """Open a warehouse for reading, with UTC as its time zone.

    Raises:
        WarehouseError: there is none, it is being built, or a query fails.
    """
    with reading(path), open_to_read(path) as database:
        yield database


def expect_warehouse(path: Path) -> None:
    """Require that a warehouse is there.

    Raises:
        WarehouseError: there is none.
    """
    if not path.exists():
        raise WarehouseError(
            f"{path}: expected a warehouse, found none; make it with: {BUILD_COMMAND}"
        )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Report a warehouse that is absent or cannot be read in the block in one line.

    Raises:
        WarehouseError: it is absent or cannot be read.
    """
    expect_warehouse(path)
    try:
        yield
    except duckdb.Error as error:
        raise WarehouseError(f"{path}: expected to read it, found {first_line(error)}") from error


@contextmanager
def open_to_read(path: Path) -> Iterator[Database]:
    """Open a database that nobody writes to, with UTC as its time zone.

    Raises:
        DatabaseError: it is absent, no database, or open in a process that may write.
    """
    with duckdb.connect(str(path), read_only=True) as database:
        database.execute("set TimeZone = 'UTC'")
        yield database


def open_to_write(path: Path) -> Database:
    """Open a database, or make an empty one, as only one process can.

    Raises:
        DatabaseError: it is no database, or open elsewhere.
    """
    return duckdb.connect(str(path))


def current_catalog(database: Database) -> str:
    """Name the database that a connection uses."""
    [(name,)] = database.execute("select current_database()").fetchall()
    return str(name)


def first_line(error: Exception) -> str:
    """Give the first line of DuckDB's message; the others show the query."""
    return str(error).partition("\n")[0]


def quoted(*names: str) -> str:
    """Write a name, with its schema and catalog before it, as SQL."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str | Path) -> str:
    """Write a text as SQL."""
    return "'" + str(text).replace("'", "''") + "'"
