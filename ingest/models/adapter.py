"""What macros ask of dbt's adapter: statements, transactions, which relations there are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import duckdb

Cursor = duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view."""

    database: str
    schema: str
    identifier: str
    type: str | None = None

    def __str__(self) -> str:
        return f'"{self.database}"."{self.schema}"."{self.identifier}"'

    def incorporate(self, *, type: str) -> "Relation":  # noqa: A002 - as dbt calls it
        return replace(self, type=type)


class Adapter:
    """One connection to a warehouse."""

    def __init__(self, connection: Cursor, *, macro: Callable[[str], Any]) -> None:
        self._connection = connection
        self._macro = macro
        self._is_open = False
        query = "select table_catalog, table_schema, table_name from information_schema.tables"
        self._relations = {Relation(*row) for row in connection.execute(query).fetchall()}

    def add_query(self, query: str, auto_begin: bool = True) -> tuple[None, Cursor]:
        """Send a statement, or several."""
        if auto_begin and not self._is_open:
            self._connection.execute("begin")
            self._is_open = True
        return None, self._connection.execute(query)

    def commit(self) -> None:
        if self._is_open:
            self._connection.execute("commit")
            self._is_open = False

    def get_relation(self, *, database: str, schema: str, identifier: str) -> Relation | None:
        relation = Relation(database, schema, identifier)
        return relation if relation in self._relations else None

    def cache_added(self, relation: Relation) -> None:
        self._relations.add(replace(relation, type=None))

    def dispatch(self, name: str, package: str) -> Any:
        return self._macro(f"duckdb__{name}") or self._macro(f"default__{name}")
