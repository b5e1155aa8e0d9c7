"""`ingest query`: query the published warehouse."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands.options import Json
from ingest.errors import UnknownNameError
from ingest.settings import load_settings

if TYPE_CHECKING:
    from ingest.warehouse.database import Database


def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help='As in: "from users limit 5".')],
    as_json: Json = False,
) -> None:
    """Query what readers see; with --json print all rows."""
    from ingest.warehouse.database import open_warehouse

    path = load_settings().data / "serve" / "warehouse.duckdb"
    with open_warehouse(path) as warehouse:
        _show(warehouse, sql, as_json=as_json)


def _show(warehouse: "Database", sql: str, *, as_json: bool) -> None:
    """Print the result of a query; a statement without one prints nothing.

    Raises:
        UnknownNameError: DuckDB rejects the query; the message has its hint.
    """
    from ingest.warehouse.database import CannotRead, DatabaseError

    try:
        result = warehouse.sql(sql)
        if as_json:
            rows = result.fetchall() if result is not None else []
            names = result.columns if result is not None else []
            facts = [dict(zip(names, row, strict=True)) for row in rows]
            typer.echo(json.dumps(facts, default=str))
        elif result is not None:
            result.show()
    except CannotRead:
        raise
    except DatabaseError as error:
        raise UnknownNameError(f"query: expected SQL for these tables, found {error}") from error
