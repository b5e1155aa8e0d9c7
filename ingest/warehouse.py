"""Read the warehouse that dbt has built; nothing here writes to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingest.errors import WarehouseError


@contextmanager
def open_warehouse(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse for reading, with UTC as its time zone.

    Raises:
        WarehouseError: there is none, it is being built, or a query fails.
    """
    with reading(path), duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tell in one line of a warehouse that is not there or cannot be read in the block.

    Raises:
        WarehouseError: so it is.
    """
    if not path.exists():
        raise WarehouseError(f"{path}: expected a warehouse, found none; make it with: just build")
    try:
        yield
    except duckdb.Error as error:
        first_line = str(error).partition("\n")[0]
        raise WarehouseError(f"{path}: expected to read it, found {first_line}") from error
