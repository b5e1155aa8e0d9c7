"""Ask the warehouse a question: `just query "from users limit 5"`."""

import sys

import duckdb

from ingest.cli import fail_on_error
from ingest.errors import IngestError
from ingest.settings import load_settings


def main() -> None:
    with fail_on_error():
        path = load_settings().data / "warehouse.duckdb"
        try:
            with duckdb.connect(str(path), read_only=True) as warehouse:
                warehouse.execute("set TimeZone = 'UTC'")
                warehouse.sql(sys.argv[1]).show()
        except duckdb.Error as error:
            raise IngestError(f"{path}: {error}") from error


if __name__ == "__main__":
    main()
