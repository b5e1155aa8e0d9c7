"""The tables of a build, as values that two engines can be compared by."""

from collections import Counter
from pathlib import Path
from typing import Any, Final

import duckdb

SCHEMAS: Final = ("staging", "state", "history", "main", "marts", "ops")
BOOKKEEPING: Final = {
    "applied_columns",
    "finished",
    "ledger_marks",
    "ledger_problems",
    "passed_nodes",
    "published_relations",
    "read_batches",
}
"""What builds are kept by, with names of runs and own files, or what one engine alone has."""
OWN_COLUMNS: Final = {"ops.ledger": {"ledger_file", "batch"}}
WHOLE_NUMBERS: Final = {"HUGEINT", "BIGINT", "INTEGER"}

Table = tuple[list[tuple[str, str]], Counter[str]]
Tables = dict[str, Table]


def read_warehouse(warehouse: Path) -> Tables:
    """Read every table and view of a DuckDB warehouse."""
    query = "select table_schema, table_name from information_schema.tables"
    with duckdb.connect(warehouse, read_only=True) as opened:
        names = opened.execute(query).fetchall()
        relations = {f"{schema}.{name}": f'{schema}."{name}"' for schema, name in names}
        return _read(opened, relations)


def read_exported(folder: Path) -> Tables:
    """Read the tables that another engine wrote as Parquet files."""
    relations = {
        f"{path.parent.name}.{path.stem}": f"read_parquet('{path}', hive_partitioning = false)"
        for path in folder.rglob("*.parquet")
    }
    with duckdb.connect() as opened:
        return _read(opened, relations)


def find_differences(ours: Tables, theirs: Tables) -> dict[str, Any]:
    """Name each table that differs, with the columns or some of the rows that do."""
    differences: dict[str, Any] = dict.fromkeys(ours.keys() ^ theirs.keys(), "is absent")
    for name in ours.keys() & theirs.keys():
        (columns, rows), (other_columns, other_rows) = ours[name], theirs[name]
        if columns != other_columns:
            differences[name] = set(columns) ^ set(other_columns) or "order of columns"
        elif rows != other_rows:
            differences[name] = [*(rows - other_rows)][:2], [*(other_rows - rows)][:2]
    return differences


def _read(opened: duckdb.DuckDBPyConnection, relations: dict[str, str]) -> Tables:
    opened.execute("set TimeZone = 'UTC'")
    tables: Tables = {}
    for name, relation in relations.items():
        schema, table = name.split(".", 1)
        if schema not in SCHEMAS or table in BOOKKEEPING:
            continue
        described = opened.execute(f"describe from {relation}").fetchall()
        columns = [
            (column, _comparable(kind))
            for column, kind, *_ in described
            if column not in OWN_COLUMNS.get(name, ())
        ]
        listed = ", ".join(f'"{column}"' for column, _ in columns)
        rows = opened.execute(f"select {listed} from {relation}").fetchall()
        tables[name] = columns, Counter(map(repr, rows))
    return tables


def _comparable(kind: str) -> str:
    """Write a type without the width of an integer: a sum's is another in each engine."""
    return "whole number" if kind in WHOLE_NUMBERS else kind
