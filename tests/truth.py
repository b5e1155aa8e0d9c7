"""Compares a warehouse with the tables that `ingest sample --truth` says it must hold."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

Columns = dict[str, str]
Row = dict[str, Any]

TIMESTAMP = "strftime({} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"


def compare_truth(truth: Path, warehouse: Path) -> list[str]:
    """Say in words how `main` differs from the truth; an empty list means in nothing."""
    columns, rows = _read_truth(truth)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = _columns(connection)
        differences = [f"{name}: expected a table, found none" for name in columns.keys() - found]
        differences += [f"{name}: expected no such table" for name in found.keys() - columns]
        for name in sorted(columns.keys() & found):
            differences += _compare_columns(name, columns[name], found[name])
            actual = _rows(connection, name, found[name])
            differences += _compare_rows(name, rows.get(name, []), actual)
    return differences


def _read_truth(path: Path) -> tuple[dict[str, Columns], dict[str, list[Row]]]:
    columns: dict[str, Columns] = {}
    rows: dict[str, list[Row]] = {}
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        told = json.loads(line)
        if "columns" in told:
            columns[told["table"]] = told["columns"]
        else:
            rows.setdefault(told["table"], []).append(told["row"])
    return columns, rows


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    query = """
        select table_name, column_name, data_type from information_schema.columns
        where table_schema = 'main' order by table_name, ordinal_position
    """
    for table, column, kind in connection.execute(query).fetchall():
        found.setdefault(table, {})[column] = _plain_type(kind)
    return found


def _plain_type(kind: str) -> str:
    lowered = kind.lower().replace("timestamp with time zone", "timestamptz").replace('"', "")
    return lowered.replace(", ", ",") if lowered.startswith("decimal") else lowered


def _rows(connection: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> list[Row]:
    selected = ", ".join(_json_value(name, kind) for name, kind in columns.items())
    result = connection.execute(f'select {selected} from main."{table}"')  # noqa: S608 - our names
    return [dict(zip(columns, values, strict=True)) for values in result.fetchall()]


def _json_value(name: str, kind: str) -> str:
    """Write a column as the truth writes it: what JSON lacks becomes text."""
    if kind == "timestamptz":
        return TIMESTAMP.format(f'"{name}"')
    if kind == "date" or kind.startswith("decimal"):
        return f'"{name}"::varchar'
    return f'"{name}"'


def _compare_columns(table: str, expected: Columns, found: Columns) -> Iterator[str]:
    if list(expected) != list(found):
        yield f"{table}: expected the columns {list(expected)}, found {list(found)}"
    for name in expected.keys() & found:
        if expected[name] != found[name]:
            yield f"{table}.{name}: expected {expected[name]}, found {found[name]}"


def _compare_rows(table: str, expected: list[Row], found: list[Row]) -> Iterator[str]:
    wanted, actual = Counter(map(_key, expected)), Counter(map(_key, found))
    yield from (f"{table}: expected row {key}, found none" for key in (wanted - actual).elements())
    yield from (f"{table}: expected no row {key}" for key in (actual - wanted).elements())
    by_key = {_key(row): row for row in found}
    for row in expected:
        other = by_key.get(_key(row), {})
        for name in row.keys() & other:
            if not _is_same(row[name], other[name]):
                where = f"{table}.{name} of {_key(row)}"
                yield f"{where}: expected {row[name]!r}, found {other[name]!r}"


def _key(row: Row) -> tuple[str, ...]:
    if row.get("guid") is not None:
        return str(row.get("_client_guid")), str(row["guid"])
    return str(row.get("_source_file")), str(row.get("_row_number"))


def _is_same(one: Any, other: Any) -> bool:
    """Tell 1 from true and from 1.0, which Python does not."""
    return type(one) is type(other) and bool(one == other)
