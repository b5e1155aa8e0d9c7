"""One run, from what a source has to what is landed; alone in its data folder."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.delivery.names import is_ours
from ingest.errors import SourceError
from ingest.landing.converters import Converters
from ingest.landing.decide import Rules
from ingest.landing.erased.put_in_archive import finish_moves
from ingest.landing.land import Landing
from ingest.landing.set_aside import finish_set_aside
from ingest.openpgp.encrypt import to_newest_key
from ingest.openpgp.keyring import Keyring
from ingest.receive.archive import adopt_orphans
from ingest.receive.fetch import fetch_all
from ingest.receive.sources import Source, SourceFile
from ingest.receive.wanted import ALL_DAYS, Days
from ingest.status.files import count_alarms, count_statuses, file_statuses
from ingest.status.runs import EmptySource, Progress, Silent, Summary, new_run_id, record_failure
from ingest.store.durable import scratch_folder
from ingest.store.facts import What
from ingest.store.index.state import LedgerState
from ingest.store.ledger import Ledger, open_ledger
from ingest.store.lock import run_lock

if TYPE_CHECKING:
    pass

SILENT = Silent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The source and days of a run, and files that cannot be fetched at all."""

    source: Source
    days: Days = ALL_DAYS
    failures: Sequence[SourceError] = ()
    left_alone: int | None = None
    """Files that are none of it; None where nobody looks for those."""
    where: str = "the source"
    """What the source is called in messages."""


Planner = Callable[[LedgerState, Path], Plan]
"""Makes a plan of what the ledger knows, with a folder for temporary files."""


@dataclass(frozen=True, slots=True)
class Run:
    ledger: Ledger
    scratch: Path
    converters: Converters
    summary: Summary


def run(
    source: Source,
    *,
    data: Path,
    keyring: Keyring,
    rules: Rules,
    days: Days = ALL_DAYS,
    where: str = "the source",
    progress: Progress = SILENT,
) -> Summary:
    """Fetch, archive, verify and land all that is new.

    Args:
        days: the days to fetch; everything in the archive is landed.
        where: what the source is called in messages.

    Raises: as `run_planned` does.
    """
    return run_planned(
        lambda *_: Plan(source=source, days=days, where=where),
        data=data,
        keyring=keyring,
        rules=rules,
        progress=progress,
    )


def run_planned(
    planner: Planner,
    *,
    data: Path,
    keyring: Keyring,
    rules: Rules,
    progress: Progress = SILENT,
    command: str = "run",
) -> Summary:
    """Fetch, archive, verify and land all that is new, where the ledger has a say in what to fetch.

    Raises:
        LockError: another run holds the data folder.
        SourceError: the source cannot be listed; what was archived before has been landed.
        KeyringError: gpg or the receiver's key is out of order; no file was rejected for that.
    """
    with alone(data, rules=rules, command=command) as this:
        try:
            plan = planner(this.ledger.state, this.scratch)
            this.summary.left_alone = plan.left_alone
            this.summary.failures = [*plan.failures]
            this.summary.failures += fetch_all(
                plan.source,
                data=data,
                ledger=this.ledger,
                scratch=this.scratch,
                encrypt=to_newest_key(keyring),
                progress=progress,
                days=plan.days,
                expect=this.converters.expect,
                note_list=partial(_note_list, this, plan),
            )
        finally:
            land_all(this, data=data, keyring=keyring, rules=rules, progress=progress)
    return this.summary


def _note_list(this: Run, plan: Plan, listed: list[SourceFile]) -> None:
    """See whether a source is the right one: it has files of MX, or had some once."""
    is_baseline = plan.left_alone is not None
    has_files = this.ledger.state.knows_files or any(is_ours(each.name) for each in listed)
    if not is_baseline and not has_files:
        this.summary.empty_source = EmptySource(where=plan.where, ignored=len(listed))


def land_all(this: Run, *, data: Path, keyring: Keyring, rules: Rules, progress: Progress) -> None:
    Landing(
        data=data,
        ledger=this.ledger,
        keyring=keyring,
        scratch=this.scratch,
        converters=this.converters,
        rules=rules,
        now=datetime.now(tz=UTC),
        summary=this.summary,
        progress=progress,
    ).land_all()


@contextmanager
def alone(data: Path, *, rules: Rules, command: str, restores: bool = False) -> Iterator[Run]:
    """Hold the data folder for one run, and close its account, however it ends."""
    began = time.monotonic()
    summary = Summary(new_run_id(), command)
    with (
        run_lock(data, run_id=summary.run_id, restores=restores),
        open_ledger(data / "ledger", run_id=summary.run_id) as ledger,
    ):
        try:
            with scratch_folder(data) as scratch, Converters() as converters:
                finish_moves(data=data, ledger=ledger)
                adopt_orphans(data=data, ledger=ledger)
                finish_set_aside(data=data, ledger=ledger, scratch=scratch)
                yield Run(ledger, scratch, converters, summary)
        except (Exception, KeyboardInterrupt) as error:
            summary.seconds = time.monotonic() - began
            record_failure(ledger, error, **summary.work())
            raise
        ledger.flush()
        now = datetime.now(tz=UTC)
        files = list(file_statuses(ledger.state, now=now, settle=rules.settle))
        summary.statuses = count_statuses(ledger.state, files)
        summary.alarms = count_alarms(ledger.state, files)
        summary.seconds = time.monotonic() - began
        ledger.append(What.RUN, None, **summary.facts())
