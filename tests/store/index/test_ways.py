"""However the index came to be, it says the same: what a plain fold of all records says."""

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest.delivery.names import Delivery, Event
from ingest.store.index import catch_up
from ingest.store.index import state as index_state
from ingest.store.index.catch_up import open_state, open_state_at
from ingest.store.index.check import all_rows
from ingest.store.index.fold.record import fold
from ingest.store.index.known import DayState, FileState
from ingest.store.index.lists.days import count_settled, day_rows
from ingest.store.index.lists.files import all_files, due_files, open_files
from ingest.store.index.tables.database import NAME
from ingest.store.ledger import Ledger, open_ledger, read_records
from ingest.store.record.facts import Failing, Rejection, Run, Version
from ingest.store.record.keys import Place
from tests.store.index.records import draw_batches

EXAMPLES = int(os.environ.get("INDEX_EXAMPLES", "3"))
BATCHES = 40


class Plain:
    """All that records say, kept in dictionaries: what the index has to agree with."""

    def __init__(self, folder: Path) -> None:
        self.last_recorded_at = ""
        self.failing: Failing | None = None
        self.runs: list[Run] = []
        self.bad_names: dict[str, Rejection] = {}
        self.days: dict[Delivery, DayState] = {}
        self.given_up: set[str] = set()
        self.versions: dict[str, Version] = {}
        for record in read_records(folder):
            fold(self, record)

    def change_day(self, delivery: Delivery) -> DayState:
        return self.days.setdefault(delivery, DayState(delivery))

    def change_file(self, place: Place) -> FileState:
        return self.change_day(place.delivery).files.setdefault(place, FileState(place))

    def give_client_up(self, client_guid: str) -> None:
        self.given_up.add(client_guid)

    def note_client(self, client_guid: str, *, at: datetime) -> None: ...
    def note_version(self, key: str, version: Version) -> None:
        self.versions[key] = version

    def note_schema(self, schema_id: str, columns: list[dict[str, Any]]) -> None: ...
    def note_landed(self, place: Place, *, schema_id: str, file: str) -> None: ...

    def files(self) -> dict[Place, FileState]:
        return {place: file for day in self.days.values() for place, file in day.files.items()}

    def status(self, file: FileState) -> str:
        """Say whether a file has landed, was given up or is open; unknown ones are none."""
        day = self.days[file.place.delivery]
        if file.archived is None and file.listing is None:
            return "unknown"
        if file.is_landed:
            return "landed"
        is_any = file.is_given_up or day.is_given_up or day.delivery.client_guid in self.given_up
        return "given up" if is_any else "open"

    def is_due(self, file: FileState) -> bool:
        day = self.days[file.place.delivery]
        is_given_up = self.status(file) == "given up"
        return file.is_due(day.sha256_for(file.place), is_given_up=is_given_up)

    def counts(self) -> dict[tuple[Delivery, bool], Counter[str]]:
        """Count files by status, of each day, those of baselines apart."""
        counts: dict[tuple[Delivery, bool], Counter[str]] = defaultdict(Counter)
        for place, file in self.files().items():
            if (status := self.status(file)) != "unknown":
                counts[place.delivery, place.event is Event.BASELINE][status] += 1
        return dict(counts)


def assert_index_is_right(folder: Path) -> None:
    """Compare the index with one that is made anew, and with a plain fold."""
    plain, anew = Plain(folder), folder / "anew.sqlite"
    with open_state(folder) as state:
        made_anew = open_state_at(anew, folder)
        assert list(all_rows(state.index.database)) == list(all_rows(made_anew.index.database))
        made_anew.index.close()
        anew.unlink()
        files = {file.place: file for file in all_files(state)}
        assert files == plain.files()
        opened = {each.file.place for each in open_files(state)}
        assert opened == {place for place in files if plain.status(files[place]) == "open"}
        assert {file.place for file in due_files(state)} == {
            place for place in files if plain.is_due(files[place])
        }
        counts = plain.counts()
        assert {
            key: count for row in day_rows(state) for key, count in _counts(row) if count
        } == counts
        statuses = sum(counts.values(), Counter[str]())
        assert count_settled(state) == (statuses["landed"], statuses["given up"])
        assert state.bad_names == plain.bad_names
        assert (state.failing, state.runs) == (plain.failing, plain.runs)
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


class Operator:
    """Does to an index what happens to one between the records of a run."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.index = folder, folder / NAME
        self.random = random
        self.backup = folder / "backup.sqlite"

    def flush(self, ledger: Ledger) -> None:
        ledger.flush()

    def read(self, _: Ledger) -> None:
        """Read as another process does while a run has records that it has not flushed."""
        assert_index_is_right(self.folder)

    def delete(self, _: Ledger) -> None:
        self.index.unlink(missing_ok=True)

    def back_up(self, _: Ledger) -> None:
        if self.index.exists():
            shutil.copyfile(self.index, self.backup)

    def restore(self, _: Ledger) -> None:
        if self.backup.exists():
            self.backup.replace(self.index)

    def damage(self, _: Ledger) -> None:
        self.index.unlink(missing_ok=True)
        self.index.write_bytes(self.random.randbytes(5_000))

    def touch(self, _: Ledger) -> None:
        """Make the oldest month look changed, so that all is read again."""
        months = sorted(self.folder.glob("*.jsonl"))
        if months:
            os.utime(months[0])

    def nothing(self, _: Ledger) -> None: ...

    def draw(self) -> Callable[[Ledger], None]:
        actions = (self.flush, self.read, self.delete, self.back_up, self.restore, self.damage)
        return self.random.choice((*actions, self.touch, *[self.nothing] * 6))


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(random=st.randoms(use_true_random=True))
def test_every_way_to_an_index_ends_in_the_same_facts(
    random: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ways") / "ledger"
    operator, at = Operator(folder, random), datetime(2026, 1, 1, tzinfo=UTC)
    batches = draw_batches(random, batches=BATCHES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catch_up, "RECORDS_AT_ONCE", random.choice((1, 7, 100_000)))
        patch.setattr(index_state, "DAYS_IN_MEMORY", random.choice((0, 2, 500)))
        for run in range(4):
            with open_ledger(folder, run_id=f"r{run}") as ledger:
                for batch, _ in zip(batches, range(BATCHES // 4), strict=False):
                    ledger.append_all(batch, at=at)
                    at += timedelta(days=random.choice((-3, 0, 5)))
                    operator.draw()(ledger)
            assert_index_is_right(folder)
