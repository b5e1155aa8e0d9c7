"""Whether all sides of a benchmark hold the same rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import duckdb


class DifferentRowsError(RuntimeError):
    """Sides applied the same days and hold different rows."""


class Rows(Protocol):
    """Something that has rows of transactions."""

    @property
    def name(self) -> str: ...

    def rows(self, columns: str) -> str:
        """Return a query for them, to be asked in the warehouse."""


def compare_rows(sides: Sequence[Rows], *, warehouse: Path, like: str) -> None:
    """Compare rows by every column whose type as landed is the table's, and by their amounts.

    Args:
        like: a landed file.

    Raises:
        DifferentRowsError: there are others on one side than on another.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        columns = ", ".join(_columns_in_common(connection, like))
        found = {side.name: _summary(connection, side, columns) for side in sides}
    if len(set(found.values())) > 1:
        raise DifferentRowsError(f"rows: expected the same on all sides, found {found}")


def _columns_in_common(connection: duckdb.DuckDBPyConnection, like: str) -> list[str]:
    query = f"""
        select column_name
        from (describe state.transactions)
        semi join (describe from read_parquet('{like}', hive_partitioning = false))
            using (column_name, column_type)
        where column_name not in ('_event', '_source_sha256')
    """
    return [name for (name,) in connection.execute(query).fetchall()]


def _summary(
    connection: duckdb.DuckDBPyConnection, side: Rows, columns: str
) -> tuple[int, int, float] | None:
    query = f"""
        select
            count(*),
            sum(cast(hash({columns}) as hugeint)),
            sum(cast(round(amount, 2) as decimal(18, 2)))
        from ({side.rows(f"{columns}, amount")})
    """
    return connection.execute(query).fetchone()
