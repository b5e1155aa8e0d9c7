"""The status of each daily file, from the ledger alone."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.delivery.names import Event
from ingest.errors import Reason
from ingest.status.schedule import is_ready
from ingest.store.facts import Rejection
from ingest.store.index.known import FileState
from ingest.store.index.lists import OpenFile, open_files, quarantined_manifests
from ingest.store.index.state import LedgerState
from ingest.store.index.totals import count_settled
from ingest.store.keys_and_paths import FileKey


class Status(StrEnum):
    """The status of a daily file, or of a complete day, for a person on call."""

    LANDED = "landed"
    WAITING = "waiting"
    RESTATED = "restated, waiting"
    MISSING = "missing"
    GONE = "gone"
    UNLISTED = "unlisted"
    QUARANTINED = "quarantined"
    GIVEN_UP = "given up"
    NOT_DUE = "not due"
    BASELINE = "baseline"
    """Landed files of a baseline, and a day of which nothing else came or was due."""


QUIET = (Status.LANDED, Status.GIVEN_UP, Status.NOT_DUE, Status.BASELINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStatus:
    """One daily file, its status, and whether somebody has to act."""

    key: FileKey
    status: Status
    reason: str | None
    is_alarm: bool
    rejection: Rejection | None = None
    """Why it was last turned away, if it was."""

    @property
    def is_baseline(self) -> bool:
        return self.key.event is Event.BASELINE


def file_statuses(
    state: LedgerState, *, now: datetime, settle: timedelta, with_given_up: bool = False
) -> Iterator[FileStatus]:
    """Give the status of every daily file that has not landed, in no order.

    Args:
        settle: how long a file may wait for its manifest before somebody should look.
        with_given_up: give those that were given up, too; `count_statuses` only counts them.
    """
    for open_file in open_files(state, with_given_up=with_given_up):
        yield file_status(open_file, now=now, settle=settle)


def count_statuses(state: LedgerState, files: Iterable[FileStatus]) -> Counter[Status]:
    """Count every daily file that was ever listed or delivered, by its status.

    Args:
        files: those that have neither landed nor been given up.
    """
    landed, given_up = count_settled(state)
    settled = Counter({Status.LANDED: landed, Status.GIVEN_UP: given_up})
    return +(settled + Counter(file.status for file in files))


def count_alarms(state: LedgerState, files: Iterable[FileStatus]) -> int:
    """Count what somebody should look at: files, manifests in quarantine, names that break rules.

    A day of which nothing has come yet is no file: only `ingest status` looks for those.
    """
    alarms = sum(file.is_alarm for file in files)
    return alarms + len(quarantined_manifests(state)) + len(state.bad_names)


def file_status(open_file: OpenFile, *, now: datetime, settle: timedelta) -> FileStatus:
    """Give the status of a file.

    Args:
        settle: how long it may wait for its manifest before somebody should look.
    """
    file, is_listed, is_unfinished, is_given_up = open_file
    status = _status_of(file, is_unfinished=is_unfinished, now=now)
    if is_given_up and status is not Status.LANDED:
        status = Status.GIVEN_UP
    is_alarm = status not in QUIET
    if status is Status.WAITING and not is_listed:
        is_alarm = now - file.newest.at > settle
    reason = file.result.reason if file.result and status is not Status.LANDED else None
    return FileStatus(
        key=file.key,
        status=status,
        reason=reason,
        is_alarm=is_alarm,
        rejection=file.rejection,
    )


def _status_of(file: FileState, *, is_unfinished: bool, now: datetime) -> Status:
    result = file.current_result
    if file.is_landed:
        return Status.LANDED
    if file.is_lost:
        return Status.GONE
    if file.archived is None:
        is_early = is_unfinished and not is_ready(file.key.delivery.snapshot_date, now=now)
        return Status.NOT_DUE if is_early else Status.MISSING
    if result and result.is_quarantined:
        is_unlisted = result.reason == Reason.UNLISTED
        return Status.UNLISTED if is_unlisted else Status.QUARANTINED
    return Status.RESTATED if result and file.is_restated else Status.WAITING
