"""Query the published warehouse: `just query "from users limit 5"`."""

import sys

from ingest.commands.app import fail_on_error
from ingest.errors import UnknownNameError
from ingest.settings import load_settings
from ingest.settings.isolation import keep_private
from ingest.warehouse.database import CannotRead, Database, DatabaseError, open_warehouse


def main() -> None:
    keep_private()
    with fail_on_error():
        path = load_settings().data / "serve" / "warehouse.duckdb"
        with open_warehouse(path) as warehouse:
            _show(warehouse, sys.argv[1])


def _show(warehouse: Database, query: str) -> None:
    """Print the result of a query; a statement without one prints nothing.

    Raises:
        UnknownNameError: DuckDB rejects the query; the message has its hint.
    """
    try:
        result = warehouse.sql(query)
        if result is not None:
            result.show()
    except CannotRead:
        raise
    except DatabaseError as error:
        raise UnknownNameError(f"query: expected SQL for these tables, found {error}") from error


if __name__ == "__main__":
    main()
