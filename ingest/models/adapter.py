"""What macros ask of dbt's adapter: statements, and which relations there are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb

Database = duckdb.DuckDBPyConnection
Rows = list[tuple[Any, ...]]

RELATIONS: Final = """
    select database_name, schema_name, table_name from duckdb_tables()
    union all
    select database_name, schema_name, view_name from duckdb_views() where not internal
"""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view."""

    database: str
    schema: str
    identifier: str
    type: str | None = None

    def __str__(self) -> str:
        return f'"{self.database}"."{self.schema}"."{self.identifier}"'

    def incorporate(self, *, type: str) -> "Relation":
        return replace(self, type=type)


class Adapter:
    """One connection to a warehouse.

    Whoever opened it begins and ends its one transaction: macros' own are within that.
    """

    def __init__(self, database: Database, *, find_macro: Callable[[str], Any]) -> None:
        self._database = database
        self._find_macro = find_macro
        self._relations = {Relation(*row) for row in self.ask(RELATIONS)}

    def add_query(self, query: str, *, auto_begin: bool = True) -> tuple[None, Database]:
        """Send a statement, or several; the second value gives the rows of the last."""
        return None, self._database.execute(query)

    def ask(self, query: str) -> Rows:
        """Return the rows of a query."""
        return self._database.execute(query).fetchall()

    def commit(self) -> None:
        """Leave what has been done to the one transaction."""

    def get_relation(self, *, database: str, schema: str, identifier: str) -> Relation | None:
        relation = Relation(database, schema, identifier)
        return relation if relation in self._relations else None

    def cache_added(self, relation: Relation) -> None:
        self._relations.add(replace(relation, type=None))

    def dispatch(self, name: str, _package: str) -> Any:
        """Return DuckDB's version of a macro, or that of all databases."""
        return self._find_macro(f"duckdb__{name}") or self._find_macro(f"default__{name}")
