"""Whether all sides have landed the same rows."""

from collections.abc import Mapping, Sequence
from typing import Final

import duckdb

from bench.same_rows import DifferentRowsError

ALWAYS: Final = {"guid", "account_guid", "amount", "description", "created_at", "is_expense"}
"""Columns whose type is the same everywhere, or else something is wrong."""


def compare_files(sides: Mapping[str, Sequence[str]], *, row_count: int) -> None:
    """Compare rows by their number and by a hash over every column that all sides have alike.

    Raises:
        DifferentRowsError: there are others on one side than on another.
    """
    with duckdb.connect() as connection:
        readers = {name: _reader(files) for name, files in sides.items()}
        kinds = [_columns(connection, reader) for reader in readers.values()]
        alike = sorted(set.intersection(*kinds))
        names = [name for name, _ in alike]
        if missing := ALWAYS.difference(names):
            raise DifferentRowsError(
                f"columns: expected {sorted(missing)} alike on all sides, found {sorted(names)}"
            )
        found = {side: _summary(connection, reader, names) for side, reader in readers.items()}
    if len(set(found.values())) > 1 or any(count != row_count for count, _ in found.values()):
        raise DifferentRowsError(
            f"rows: expected {row_count}, the same on all sides, found {found}"
        )


def _reader(files: Sequence[str]) -> str:
    return f"read_parquet({list(files)}, hive_partitioning = false)"


def _columns(connection: duckdb.DuckDBPyConnection, reader: str) -> set[tuple[str, str]]:
    query = f"select column_name, column_type from (describe from {reader})"
    return set(connection.execute(query).fetchall())


def _summary(
    connection: duckdb.DuckDBPyConnection, reader: str, names: Sequence[str]
) -> tuple[int, int]:
    columns = ", ".join(f'"{name}"' for name in names)
    query = f"select count(*), sum(cast(hash({columns}) as hugeint)) from {reader}"
    count, hashes = connection.execute(query).fetchall()[0]
    return count, hashes
