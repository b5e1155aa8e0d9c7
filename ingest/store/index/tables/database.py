"""`ledger/index.sqlite`: what is known of each file by key, of each day and of each client.

It is made from the ledger's records alone. It can be deleted at any time, and is made again then.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from importlib.resources import files as resource_files
from pathlib import Path
from typing import Any, Final

from ingest.delivery.names import Delivery
from ingest.store.durable import FILE_MODE
from ingest.store.index.known import DayState, FileState
from ingest.store.index.tables.faults import reads_rows
from ingest.store.index.tables.rows import (
    EVENT_NUMBERS,
    EVENTS,
    Numbers,
    read_day,
    read_file,
    write_day,
    write_file,
)
from ingest.store.keys_and_paths import FileKey

NAME: Final = "index.sqlite"
SCHEMA: Final = resource_files(__package__).joinpath("schema.sql").read_text()
VERSION: Final = 3
WAIT_S: Final = 30.0
CACHE_KB: Final = 64_000

OPEN, LANDED, GIVEN_UP, UNKNOWN = range(4)
"""The values of `settled`."""


class Index:
    """The tables of an index; nothing here decides what a row holds."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.numbers = Numbers(database)

    @classmethod
    def open(cls, path: Path | None) -> "Index":
        """Open an index, or make an empty one; without a path it is in memory.

        Raises:
            sqlite3.Error: the file is no index, or cannot be written.
        """
        if path:
            with suppress(OSError):
                path.touch(mode=FILE_MODE)
        with ExitStack() as unless_prepared:
            database = sqlite3.connect(path or ":memory:", timeout=WAIT_S, isolation_level=None)
            unless_prepared.callback(database.close)
            _prepare(database)
            unless_prepared.pop_all()
        return cls(database)

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write all of a block or nothing, alone."""
        with ExitStack() as unless_written:
            unless_written.callback(self.numbers.forget)
            with self.database:
                self.database.execute("begin immediate")
                yield
            unless_written.pop_all()

    @reads_rows
    def read_day(self, delivery: Delivery) -> DayState:
        """Give what is known of a delivery and of its files."""
        day, client = DayState(delivery), self.numbers.client(delivery.client_guid)
        if client is None:
            return day
        row = (client, delivery.snapshot_date.toordinal())
        query = "select facts, is_given_up from days where client = ? and day = ?"
        for facts, is_given_up in self.database.execute(query, row):
            day = read_day(delivery, facts, is_given_up=bool(is_given_up))
        query = "select resource, event, part, facts from files where client = ? and day = ?"
        for resource, event, part, text in self.database.execute(query, row).fetchall():
            key = FileKey(delivery, self.numbers.resource_name(resource), EVENTS[event], part)
            day.files[key] = read_file(key, text)
        return day

    def write_days(self, days: Iterable[DayState]) -> None:
        """Write what is known of deliveries, beside their files."""
        self.database.executemany(_WRITE_DAY, map(self._day_row, days))

    def write_files(self, files: Iterable[tuple[FileState, int, bool]]) -> None:
        """Write what is known of files, with `settled` and `is_due`."""
        self.database.executemany(_WRITE_FILE, (self._file_row(*each) for each in files))

    def write_versions(self, versions: Iterable[tuple[bytes, str]]) -> None:
        """Write which versions of a source's files were taken."""
        self.database.executemany("insert or replace into versions values (?, ?)", versions)

    def write_landed_days(self, days: Iterable[tuple[str, date]]) -> None:
        """Write on which days files of a resource landed."""
        rows = ((resource, day.toordinal()) for resource, day in days)
        self.database.executemany("insert or ignore into landed_days values (?, ?)", rows)

    def open_keys(self, client_guid: str) -> list[FileKey]:
        """Give a client's files that have neither landed nor been given up."""
        is_open = "settled in (0, 2) and settled = 0"  # the words of the partial index
        query = f"select {_KEY_COLUMNS} from files where {is_open} and client = ?"
        rows = self.database.execute(query, [self.numbers.client(client_guid)])
        return [self.numbers.key(*row) for row in rows.fetchall()]

    def _day_row(self, day: DayState) -> tuple[Any, ...]:
        result = day.result
        return (
            self.numbers.client(day.delivery.client_guid, adds=True),
            day.delivery.snapshot_date.toordinal(),
            day.manifest is not None,
            day.is_manifest_due,
            result.reason if result and result.is_quarantined else None,
            day.is_listed,
            day.is_unfinished,
            day.is_given_up,
            day.completed_at.isoformat() if day.completed_at else None,
            write_day(day),
        )

    def _file_row(self, file: FileState, settled: int, is_due: bool) -> tuple[Any, ...]:
        (client_guid, day), resource, event, part = file.key
        landed = file.landed
        return (
            self.numbers.client(client_guid, adds=True),
            day.toordinal(),
            self.numbers.resource(resource),
            EVENT_NUMBERS[event],
            part,
            settled,
            is_due,
            bool(file.set_aside),
            landed.record_count if landed else None,
            landed.plain_bytes if landed else None,
            write_file(file),
        )


_FILE_KEY: Final = ("client", "day", "resource", "event", "part")
_KEY_COLUMNS: Final = ", ".join(_FILE_KEY)
_FILE_FACTS: Final = (*("settled", "is_due", "is_set_aside", "row_count", "plain_bytes", "facts"),)
_DAY_FACTS: Final = (
    *("has_manifest", "is_due", "quarantine_reason", "is_listed", "is_unfinished", "is_given_up"),
    *("completed_at", "facts"),
)


def _upsert(table: str, key: tuple[str, ...], facts: tuple[str, ...]) -> str:
    columns = (*key, *facts)
    changes = ", ".join(f"{name} = excluded.{name}" for name in facts)
    return (
        f"insert into {table} ({', '.join(columns)}) "
        f"values ({', '.join('?' * len(columns))}) on conflict do update set {changes}"
    )


_WRITE_FILE: Final = _upsert("files", _FILE_KEY, _FILE_FACTS)
_WRITE_DAY: Final = _upsert("days", ("client", "day"), _DAY_FACTS)


@reads_rows
def _prepare(database: sqlite3.Connection) -> None:
    database.execute(f"pragma cache_size = -{CACHE_KB}")
    if _version(database) == 0:
        database.execute("begin immediate")
        if _version(database) == 0:  # another process may have made the tables meanwhile
            for statement in _statements(SCHEMA):
                database.execute(statement)
            database.execute(f"pragma user_version = {VERSION}")
        database.execute("commit")
    if (version := _version(database)) != VERSION:
        raise sqlite3.DatabaseError(f"an index of version {version}")


def _version(database: sqlite3.Connection) -> int:
    [(version,)] = database.execute("pragma user_version").fetchall()
    return int(version)


def _statements(script: str) -> Iterator[str]:
    """Split a script; unlike `executescript` this leaves a transaction open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
