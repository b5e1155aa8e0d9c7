"""Print as JSON the one value that a query finds in a published file. Arguments: file and query."""

import json
import sys

import duckdb


def main() -> None:
    path, query = sys.argv[1:]
    with duckdb.connect(path, read_only=True) as connection:
        [(value,)] = connection.execute(query).fetchall()
    print(json.dumps(str(value)))


if __name__ == "__main__":
    main()
