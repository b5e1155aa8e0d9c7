"""Tables of all that a ledger says, for tests to compare."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.delivery.manifest import Listing
from ingest.delivery.names import Delivery
from ingest.status.days import DayStatus, day_statuses
from ingest.status.overview import Overview, overview
from ingest.status.report.facts import Facts, gather
from ingest.status.report.readers import Served
from ingest.store.facts import Archived, Failing, Landed, Rejection, Result, Version, What
from ingest.store.index.catch_up import open_state
from ingest.store.index.known import DayState, FileState
from ingest.store.index.lists import all_files
from ingest.store.index.totals import day_rows
from ingest.store.keys_and_paths import FileKey
from ingest.store.ledger import open_ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a ledger says at one moment."""

    files: dict[FileKey, FileState]
    days: dict[Delivery, DayState]
    bad_names: dict[str, Rejection]
    given_up: set[str | Delivery | FileKey]
    failing: Failing | None
    versions: dict[str, Version]
    """By the name that the source knows a file by."""
    last_at: datetime

    @property
    def archived(self) -> dict[FileKey, Archived]:
        return {key: file.archived for key, file in self.files.items() if file.archived}

    @property
    def landed(self) -> dict[FileKey, Landed]:
        return {key: file.landed for key, file in self.files.items() if file.landed}

    @property
    def results(self) -> dict[FileKey, Result]:
        return {key: file.result for key, file in self.files.items() if file.result}

    @property
    def baselines(self) -> dict[tuple[Delivery, str], FileKey]:
        return {
            (key.delivery, file.delivered_name): key
            for key, file in self.files.items()
            if file.delivered_name
        }

    @property
    def set_aside(self) -> dict[FileKey, list[Landed]]:
        return {key: file.set_aside for key, file in self.files.items() if file.set_aside}

    @property
    def listings(self) -> dict[Delivery, dict[FileKey, Listing]]:
        return {delivery: day.listings for delivery, day in self.days.items() if day.is_listed}

    @property
    def unfinished(self) -> set[Delivery]:
        return {delivery for delivery, day in self.days.items() if day.is_unfinished}

    @property
    def manifests(self) -> dict[Delivery, Archived]:
        return {delivery: day.manifest for delivery, day in self.days.items() if day.manifest}


def read_state(folder: Path) -> Snapshot:
    """Read all that a ledger says."""
    with open_state(folder) as state:
        days = {row.delivery: state.day(row.delivery) for row in day_rows(state)}
        files = {file.key: file for file in all_files(state)}
        given_up: set[str | Delivery | FileKey] = {*state.meta.given_up}
        given_up |= {delivery for delivery, day in days.items() if day.is_given_up}
        given_up |= {key for key, file in files.items() if file.is_given_up}
        return Snapshot(
            files=files,
            days=days,
            bad_names=state.bad_names,
            given_up=given_up,
            failing=state.failing,
            versions={
                key.decode(errors="surrogatepass"): tuple(json.loads(version))
                for key, version in state.index.database.execute("select * from versions")
            },
            last_at=state.last_at,
        )


def days_of(
    folder: Path, *, now: datetime, settle: timedelta, day: date | None = None
) -> list[DayStatus]:
    """Give the status of all days, or all files of one."""
    with open_state(folder) as state:
        return list(day_statuses(state, now=now, settle=settle, day=day))


def overview_of(folder: Path, *, now: datetime, settle: timedelta) -> Overview:
    """Give the status of all days as `ingest status` does."""
    with open_state(folder) as state:
        return overview(state, now=now, settle=settle)


def facts_of(
    folder: Path, *, now: datetime, settle: timedelta, served: Served | None = None
) -> Facts:
    """Gather the facts of a report."""
    with open_state(folder) as state:
        return gather(state, now=now, settle=settle, served=served)


def open_once(folder: Path) -> None:
    """Open a ledger as a run does."""
    with open_ledger(folder, run_id="r"):
        pass


def append_once(folder: Path, what: What, **facts: Any) -> None:
    """Append a record as a run does."""
    with open_ledger(folder, run_id="r") as ledger:
        ledger.append(what, None, **facts)
