"""Ask what is published a question: `just query "from users limit 5"`."""

import sys

from ingest.cli import fail_on_error
from ingest.settings import load_settings
from ingest.warehouse import open_warehouse


def main() -> None:
    path = load_settings().data / "serve" / "warehouse.duckdb"
    with fail_on_error(), open_warehouse(path) as warehouse:
        warehouse.sql(sys.argv[1]).show()


if __name__ == "__main__":
    main()
