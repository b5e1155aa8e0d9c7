"""Ask both published files for their release until standard input ends, and once more.

Arguments: how to read (plain, sqlalchemy, adbc or ibis), the file with all, the masked one. Each
answer is a line of JSON: the file's place, its release, and two numbers. They are the lowest and
the highest of the values that the release wrote into every row of a table.
"""

import json
import select
import sys
from collections.abc import Callable
from functools import partial

import adbc_driver_duckdb
import duckdb
import ibis
from adbc_driver_manager import dbapi
from sqlalchemy import Engine, NullPool, create_engine, text

QUERY = """
    select release, min(revision), max(revision)
    from ops.release cross join main.transactions
    group by release
"""
FENCE = "set enable_external_access = false"
Answer = tuple[int, int, int]


def ask_plainly(path: str) -> Answer:
    """Connect, ask, and let go: a new connection sees the newest release."""
    with duckdb.connect(path, read_only=True) as connection:
        [row] = connection.execute(QUERY).fetchall()
        return row


def ask_engine(engine: Engine) -> Answer:
    with engine.connect() as connection:
        [row] = connection.execute(text(QUERY)).all()
        return tuple(row)


def ask_ibis(path: str) -> Answer:
    connection = ibis.duckdb.connect(path, read_only=True)
    connection.raw_sql(FENCE)
    row: Answer = connection.raw_sql(QUERY).fetchone()
    connection.disconnect()
    return row


def ask_adbc(path: str) -> Answer:
    settings = {"path": path, "access_mode": "READ_ONLY"}
    opened = dbapi.connect(
        adbc_driver_duckdb.driver_path(),
        entrypoint="duckdb_adbc_init",
        db_kwargs=settings,
        autocommit=True,
    )
    with opened as connection, connection.cursor() as cursor:
        cursor.execute(FENCE)
        cursor.execute(QUERY)
        row: Answer = cursor.fetchone()
        return row


def engine_of(path: str) -> Engine:
    arguments = {"read_only": True}
    return create_engine(f"duckdb:///{path}", poolclass=NullPool, connect_args=arguments)


WAYS = {"plain": ask_plainly, "ibis": ask_ibis, "adbc": ask_adbc}


def main() -> None:
    how, *paths = sys.argv[1:]
    questions: list[Callable[[], Answer]] = [
        partial(ask_engine, engine_of(path)) if how == "sqlalchemy" else partial(WAYS[how], path)
        for path in paths
    ]
    is_last_round = False
    while not is_last_round:
        is_last_round = bool(select.select([sys.stdin], [], [], 0)[0])
        for place, question in enumerate(questions):
            print(json.dumps([place, *question()]), flush=True)


if __name__ == "__main__":
    main()
