"""A transaction that spans a publish goes on seeing its own release, complete and unmixed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.errors import UndefinedTable

from ingest.errors import PublishError
from ingest.warehouse.publish.postgres import server as postgres_server
from tests.support.postgres import Database
from tests.warehouse.publish.postgres.releases import USERS, Served

TEN = USERS.format(rows=10)
OTHER = "create schema marts; create table marts.bulk as select n from range(20) as r (n)"
Connection = psycopg.Connection[tuple[object, ...]]
ANSWERS_WITHIN_S = 60


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """Begin a transaction that has its snapshot, and has read no table of ours yet."""
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("select 1")
        yield connection


CHANGES = {
    "rows": "update users set amount = amount + 1 where guid = 'U3'",
    "all rows": "update users set amount = amount + 1",
    "a new column": "alter table users add column city varchar; update users set amount = 9",
    "another type": "alter table users alter amount type double; update users set amount = 0.5",
    "no key any more": "insert into users select * from users",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("way", ["enable_indexscan", "enable_seqscan"])
def test_an_older_snapshot_sees_the_old_rows(served: Served, change: str, way: str) -> None:
    served.publish(TEN)
    query = "select guid, amount, label from main.users where guid >= 'U' order by guid"
    with snapshot(served.database) as reader:
        reader.execute(f"set local {way} = off".encode())
        served.publish(TEN, CHANGES[change])

        rows = reader.execute(query.encode()).fetchall()
        releases = reader.execute("select release from ops.release").fetchall()

    assert rows == [(f"U{n}", n, "a text") for n in range(10)]
    assert releases == [(1,)]
    assert served.database.ask(query) != rows


def test_an_older_snapshot_is_refused_a_table_that_is_gone(served: Served) -> None:
    served.publish(TEN, OTHER)
    with snapshot(served.database) as reader:
        served.publish(TEN)

        with pytest.raises(UndefinedTable):
            reader.execute("select * from marts.bulk")


def test_a_publish_does_not_wait_for_a_reader_of_changed_rows(served: Served) -> None:
    served.publish(TEN)
    with snapshot(served.database) as reader:
        reader.execute("select * from main.users")

        served.publish(TEN, CHANGES["all rows"])

        assert reader.execute("select sum(amount) from main.users").fetchall() == [(45,)]


def test_a_reader_who_does_not_end_stops_a_change_of_types(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "LOCKS_WITHIN_S", 1)
    served.publish(TEN)
    served.release(TEN, CHANGES["another type"])
    with snapshot(served.database) as reader:
        reader.execute("select * from main.users")

        with pytest.raises(PublishError, match="within 1 s, found a reader or another publish"):
            served.mirror()
        assert served.database.ask("select release from ops.mirror") == [(1,)]

    served.mirror()

    assert served.database.ask("select min(amount) from main.users") == [(0.5,)]


def test_readers_at_work_see_one_release_at_a_time(served: Served) -> None:
    """Each statement joins two tables; each release writes its number into all rows of both."""
    world = TEN + "; " + OTHER
    mark = "update users set amount = {0}; update marts.bulk set n = {0}"
    query = """
        select min(release), min(amount), max(amount), min(n), max(n), count(*)
        from main.users cross join marts.bulk cross join ops.release
    """
    served.publish(world, mark.format(1))
    answers: list[tuple[object, ...]] = []
    is_over = threading.Event()

    def ask() -> None:
        with served.database.connect(autocommit=True, prepare_threshold=None) as reader:
            while not is_over.is_set():
                answers.extend(reader.execute(query.encode()).fetchall())

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(2, 8):
        kind = "double" if number % 3 else "bigint"
        served.publish(world, f"alter table users alter amount type {kind}", mark.format(number))
    is_over.set()
    for reader in readers:
        reader.join(ANSWERS_WITHIN_S)

    assert {(len(set(map(float, numbers))), count) for *numbers, count in answers} == {(1, 200)}  # type: ignore[arg-type]
    assert len({answer[0] for answer in answers}) > 1
