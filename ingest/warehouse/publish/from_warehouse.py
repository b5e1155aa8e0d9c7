"""The tables and macros of the warehouse that a release is made from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from ingest.warehouse.database import Database, current_catalog, literal, open_warehouse
from ingest.warehouse.publish.views_and_macros import write_macros_out


@dataclass(frozen=True, slots=True)
class Built:
    """A connection to the warehouse, the tables to copy, and the macros of the schema `marts`."""

    database: Database
    catalog: str
    """The database that is copied from, as the connection knows it."""
    relations: list[tuple[str, str, str]]
    """Schema and name of each, and the model that made it."""
    macros: list[str]

    @contextmanager
    def reading_from(self, path: Path) -> Iterator[Self]:
        """Copy from a database written before, so that views are not computed again."""
        self.database.execute(f"attach {literal(path)} as published (read_only)")
        yield replace(self, catalog="published")
        self.database.execute("detach published")


@contextmanager
def open_built(warehouse: Path, *, scratch: Path, memory_bytes: int) -> Iterator[Built]:
    """Open the warehouse, so that nobody writes to it until the block ends.

    Args:
        scratch: where DuckDB spills what does not fit into memory.

    Raises:
        WarehouseError: there is none, it is being built, or a query fails.
    """
    with open_warehouse(warehouse) as database:
        database.execute("set preserve_insertion_order = false")
        database.execute(f"set memory_limit = '{memory_bytes}B'")
        database.execute(f"set temp_directory = {literal(scratch / 'spilled')}")
        yield look_at_built(database, scratch=scratch)


def look_at_built(database: Database, *, scratch: Path) -> Built:
    """List the tables and macros of an open warehouse that readers are to see.

    A listed table that does not exist, such as the history of a log, is left out.
    """
    query = """
        select table_schema, table_name, model
        from ops.published_relations
        semi join information_schema.tables using (table_schema, table_name)
        order by all
    """
    relations = database.execute(query).fetchall() if is_listed(database) else []
    return Built(
        database, current_catalog(database), relations, write_macros_out(database, scratch=scratch)
    )


def is_listed(database: Database) -> bool:
    query = "select count(*) from duckdb_tables() where table_name = 'published_relations'"
    return database.execute(query).fetchall() == [(1,)]
