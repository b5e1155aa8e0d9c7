"""All that records say, kept in dictionaries: what an index has to agree with."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ingest.delivery.names import Delivery, Event
from ingest.store.facts import Version
from ingest.store.index.catch_up import open_state, open_state_at
from ingest.store.index.check import all_rows
from ingest.store.index.fold_record import fold
from ingest.store.index.known import DayState, FileState
from ingest.store.index.lists import all_files, due_files, open_files
from ingest.store.index.tables.meta import Meta
from ingest.store.index.totals import count_settled, day_rows
from ingest.store.keys_and_paths import FileKey
from ingest.store.ledger import read_records


class Plain:
    """All that records say, kept in dictionaries: what the index has to agree with."""

    def __init__(self, folder: Path) -> None:
        self.meta = Meta()
        self.days: dict[Delivery, DayState] = {}
        self.given_up: set[str] = set()
        self.versions: dict[str, Version] = {}
        self.erased_keys: set[str] = set()
        for record in read_records(folder):
            fold(self, record)

    def change_day(self, delivery: Delivery) -> DayState:
        return self.days.setdefault(delivery, DayState(delivery))

    def change_file(self, key: FileKey) -> FileState:
        return self.change_day(key.delivery).files.setdefault(key, FileState(key))

    def give_client_up(self, client_guid: str) -> None:
        self.given_up.add(client_guid)

    def note_version(self, key: str, version: Version) -> None:
        self.versions[key] = version

    def note_erased_keys(self, keys: Iterable[str]) -> None:
        self.erased_keys.update(keys)

    def note_landed(self, key: FileKey, *, schema_id: str, file: str) -> None: ...

    def files(self) -> dict[FileKey, FileState]:
        return {key: file for day in self.days.values() for key, file in day.files.items()}

    def status(self, file: FileState) -> str:
        """Say whether a file has landed, was given up or is open; unknown ones are none."""
        day = self.days[file.key.delivery]
        if file.archived is None and file.listing is None:
            return "unknown"
        if file.is_landed:
            return "landed"
        is_any = file.is_given_up or day.is_given_up or day.delivery.client_guid in self.given_up
        return "given up" if is_any else "open"

    def is_due(self, file: FileState) -> bool:
        day = self.days[file.key.delivery]
        is_given_up = self.status(file) == "given up"
        return file.is_due(day.sha256_for(file.key), is_given_up=is_given_up)

    def counts(self) -> dict[tuple[Delivery, bool], Counter[str]]:
        """Count files by status, of each day, those of baselines apart."""
        counts: dict[tuple[Delivery, bool], Counter[str]] = defaultdict(Counter)
        for key, file in self.files().items():
            if (status := self.status(file)) != "unknown":
                counts[key.delivery, key.event is Event.BASELINE][status] += 1
        return dict(counts)


def assert_index_is_right(folder: Path) -> None:
    """Compare the index with one that is made anew, and with a plain fold."""
    plain, anew = Plain(folder), folder / "anew.sqlite"
    with open_state(folder) as state:
        made_anew = open_state_at(anew, folder)
        assert list(all_rows(state.index.database)) == list(all_rows(made_anew.index.database))
        made_anew.index.close()
        anew.unlink()
        files = {file.key: file for file in all_files(state)}
        assert files == plain.files()
        opened = {each.file.key for each in open_files(state)}
        assert opened == {key for key in files if plain.status(files[key]) == "open"}
        assert {file.key for file in due_files(state)} == {
            key for key in files if plain.is_due(files[key])
        }
        counts = plain.counts()
        assert {
            key: count for row in day_rows(state) for key, count in _counts(row) if count
        } == counts
        statuses = sum(counts.values(), Counter[str]())
        assert count_settled(state) == (statuses["landed"], statuses["given up"])
        assert state.bad_names == plain.meta.bad_names
        outcome = (state.failing, state.meta.succeeded_at)
        assert outcome == (plain.meta.failing, plain.meta.succeeded_at)
        assert state.runs == plain.meta.runs
        erasing = (state.meta.erasures, state.meta.moves, state.meta.erases_with)
        assert erasing == (plain.meta.erasures, plain.meta.moves, plain.meta.erases_with)
        assert state.erased_keys() == plain.erased_keys
        for key, version in plain.versions.items():
            assert state.version(key) == version
        for delivery, day in plain.days.items():
            assert state.day(delivery) == day


def _counts(row: Any) -> Iterator[tuple[tuple[Delivery, bool], Counter[str]]]:
    daily = {"landed": row.landed, "open": row.open, "given up": row.given_up}
    yield (row.delivery, False), +Counter(daily)
    baselines = {
        "landed": row.landed_baselines,
        "open": row.open_baselines,
        "given up": row.given_up_baselines,
    }
    yield (row.delivery, True), +Counter(baselines)
