"""Releases as a publish leaves them, made of any SQL, and how a test mirrors the shown one."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import duckdb

from ingest.warehouse.publish.postgres.mirror import mirror_release
from ingest.warehouse.publish.postgres.outcome import Mirrored
from ingest.warehouse.publish.postgres.server import Target, read_target
from ingest.warehouse.publish.releases_on_disk import DATABASES, Releases, write_facts
from tests.support.postgres import PASSWORD, Database

USERS = """
create table users as
    select 'U' || n as guid, 'C1' as _client_guid, n as amount, 'a text' as label
    from range({rows}) as numbers (n)
"""


@dataclass(frozen=True, slots=True)
class Served:
    """The releases of a data folder, and the database that shows them."""

    data: Path
    database: Database
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def releases(self) -> Releases:
        return Releases(self.data / "serve")

    def target(self, *, is_full: bool = False, reader: str | None = None) -> Target:
        return read_target(
            self.database.url(),
            is_full=is_full,
            reader=reader or self.database.reader,
            password=PASSWORD,
        )

    def release(self, *statements: str, names: tuple[str, ...] = DATABASES) -> int:
        """Make a release of these statements, and show it."""
        number = next(self.numbers)
        with self.releases.making(number) as folder:
            for name in names:
                with duckdb.connect(folder / name) as made:
                    made.execute("set TimeZone = 'UTC'")
                    made.execute("create schema ops")
                    made.execute(f"create table ops.release as select {number} as release")
                    for statement in statements:
                        made.execute(statement)
            write_facts(folder, {"recipe": f"recipe {number}"})
        self.releases.show(number)
        return number

    def mirror(self, *, is_full: bool = False) -> Mirrored:
        return mirror_release(self.data, self.target(is_full=is_full), memory_bytes=10**9)

    def publish(self, *statements: str) -> Mirrored:
        self.release(*statements)
        return self.mirror()

    def show(self, number: int) -> Mirrored:
        """Show an earlier release, as a rollback does."""
        self.releases.show(number)
        return self.mirror()
