"""All that the ledger says now, asked by key: some days in memory, the rest in the index."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from ingest.delivery.names import Delivery
from ingest.store.facts import Failing, Rejection, Run, Span, Version
from ingest.store.index.known import DayState, FileState
from ingest.store.index.tables.database import GIVEN_UP, LANDED, OPEN, UNKNOWN, Index
from ingest.store.index.tables.faults import reads_rows
from ingest.store.index.tables.meta import read_meta, write_meta
from ingest.store.keys_and_paths import FileKey
from ingest.store.record import dump, parse_line

DAYS_IN_MEMORY: Final = 500
"""With more, all are written to the index and read again when they are asked for."""


class LedgerState:
    """The facts up to the last record. Records change them by `fold`; everybody else only asks."""

    def __init__(self, index: Index, folder: Path) -> None:
        """Ask an index of a ledger's folder, which is up to date."""
        self.index = index
        self.folder = folder
        self.forget()

    def use(self, index: Index) -> None:
        """Ask another index from now on."""
        self.index.close()
        self.index = index
        self.forget()

    def forget(self) -> None:
        """Drop what is in memory: the index has it, or another process has gone on."""
        self.meta = read_meta(self.index.database)
        self._days: dict[Delivery, DayState] = {}
        self._changed_days: set[Delivery] = set()
        self._changed_files: set[FileKey] = set()
        self._versions: dict[str, Version] = {}
        self._landed_days: set[tuple[str, date]] = set()
        self._erased_keys: set[str] = set()
        self.appended_to: set[str] = set()
        """Files of the record that were appended to since the index was written."""

    @property
    def has_changes(self) -> bool:
        """Say whether records were appended that the index does not know yet."""
        return bool(self.appended_to)

    # ---------- what everybody asks

    @property
    def last_at(self) -> datetime:
        """When the last record was written."""
        return datetime.fromisoformat(self.meta.last_recorded_at)

    @property
    def knows_files(self) -> bool:
        """Say whether anything of MX was ever listed or fetched."""
        in_memory = self._versions or any(day.is_listed for day in self._days.values())
        query = "select exists (select 1 from versions) or exists (select 1 from days)"
        return bool(in_memory) or bool(self._ask(query))

    def day(self, delivery: Delivery) -> DayState:
        """Give what is known of a delivery and of its files."""
        day = self._days.get(delivery)
        if day is None:
            if self.is_large and not self._changed_days and not self._changed_files:
                self._days = {}
            day = self._days[delivery] = self.index.read_day(delivery)
        return day

    def file(self, key: FileKey) -> FileState:
        """Give what is known of a daily file."""
        return self.day(key.delivery).file(key)

    def is_given_up(self, delivery: Delivery, key: FileKey | None = None) -> bool:
        """Say whether an operator has given up a client, a day of it, or one file."""
        day = self.day(delivery)
        is_of_day = delivery.client_guid in self.meta.given_up or day.is_given_up
        return is_of_day or (key is not None and day.file(key).is_given_up)

    @reads_rows
    def version(self, key: str) -> Version | None:
        """Give the version of a source's file that was taken last."""
        if key in self._versions:
            return self._versions[key]
        text = self._ask("select version from versions where key = ?", _encode(key))
        return tuple(parse_line(text.encode())) if text else None

    def erased_keys(self) -> set[str]:
        """Give the hashes of the keys of all erased records."""
        rows = self.index.database.execute("select hash from erased_keys").fetchall()
        return self._erased_keys.union(key for (key,) in rows)

    # ---------- what records change

    @property
    def failing(self) -> Failing | None:
        return self.meta.failing

    @property
    def runs(self) -> list[Run]:
        return self.meta.runs

    @property
    def bad_names(self) -> dict[str, Rejection]:
        return self.meta.bad_names

    def change_day(self, delivery: Delivery) -> DayState:
        """Give a delivery to change."""
        self._changed_days.add(delivery)
        return self.day(delivery)

    def change_file(self, key: FileKey) -> FileState:
        """Give a daily file to change."""
        self._changed_files.add(key)
        day = self.day(key.delivery)
        return day.files.setdefault(key, day.file(key))

    def give_client_up(self, client_guid: str) -> None:
        """Settle all of a client's files that somebody might have had to act on."""
        self.meta.given_up.add(client_guid)
        in_memory = {
            key
            for delivery, day in self._days.items()
            if delivery.client_guid == client_guid
            for key in day.files
        }
        for key in in_memory.union(self.index.open_keys(client_guid)):
            self.change_file(key)

    def note_version(self, key: str, version: Version) -> None:
        self._versions[key] = version

    def note_erased_keys(self, keys: Iterable[str]) -> None:
        self._erased_keys.update(keys)

    def note_landed(self, key: FileKey, *, schema_id: str, file: str) -> None:
        day, resource = key.delivery.snapshot_date, key.resource
        self._landed_days.add((resource, day))
        span = self.meta.spans.setdefault((resource, schema_id), Span(day, file, day))
        span.add(day, file)

    # ---------- what the index keeps

    @property
    def is_large(self) -> bool:
        """Say whether so much is in memory that it should be written and dropped."""
        return len(self._days) > DAYS_IN_MEMORY

    def write(self) -> None:
        """Write what records have changed to the index, within its transaction."""
        index = self.index
        write_meta(index.database, self.meta)
        index.write_days(self.day(each) for each in self._changed_days)
        index.write_files(self._settled(self.file(key)) for key in self._changed_files)
        index.write_versions(
            (_encode(key), dump(version)) for key, version in self._versions.items()
        )
        index.write_landed_days(self._landed_days)
        erased_keys = ((key,) for key in self._erased_keys)
        index.database.executemany("insert or ignore into erased_keys values (?)", erased_keys)

    def drop_changes(self) -> None:
        """Forget what was to be written, once it cannot be lost with the transaction."""
        self._changed_days, self._changed_files = set(), set()
        self._versions, self._landed_days, self.appended_to = {}, set(), set()
        self._erased_keys = set()
        if self.is_large:
            self._days = {}

    def _settled(self, file: FileState) -> tuple[FileState, int, bool]:
        delivery = file.key.delivery
        is_given_up = self.is_given_up(delivery, file.key)
        sha256 = self.day(delivery).sha256_for(file.key)
        is_due = file.is_due(sha256, is_given_up=is_given_up)
        if not file.is_known:
            return file, UNKNOWN, is_due
        if file.is_landed:
            return file, LANDED, is_due
        return file, GIVEN_UP if is_given_up else OPEN, is_due

    def _ask(self, query: str, *parameters: Any) -> Any:
        row = self.index.database.execute(query, parameters).fetchone()
        return row[0] if row else None


def _encode(key: str) -> bytes:
    return key.encode(errors="surrogatepass")
