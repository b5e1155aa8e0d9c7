"""Print the release that a kept connection sees, and a new one, for each line of standard input.

Arguments: how to read (plain or sqlalchemy), and the file.
"""

import json
import sys
from collections.abc import Iterator

import duckdb
from sqlalchemy import Engine, NullPool, QueuePool, create_engine, text

QUERY = "select release from ops.release"


def ask(connection: duckdb.DuckDBPyConnection) -> int:
    [(release,)] = connection.execute(QUERY).fetchall()
    return int(release)


def ask_engine(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(QUERY)).scalar_one())


def ask_plainly(path: str) -> Iterator[list[int]]:
    with duckdb.connect(path, read_only=True) as kept:
        while True:
            with duckdb.connect(path, read_only=True) as new:
                yield [ask(kept), ask(new)]


def ask_engines(path: str) -> Iterator[list[int]]:
    kept, new = (
        create_engine(f"duckdb:///{path}", poolclass=pool, connect_args={"read_only": True})
        for pool in (QueuePool, NullPool)
    )
    while True:
        yield [ask_engine(kept), ask_engine(new)]


def main() -> None:
    how, path = sys.argv[1:]
    seen = ask_engines(path) if how == "sqlalchemy" else ask_plainly(path)
    for _ in sys.stdin:
        print(json.dumps(next(seen)), flush=True)


if __name__ == "__main__":
    main()
