"""The status of each client's day, from the ledger alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ingest.delivery.names import Delivery, is_plausible
from ingest.status.files import (
    QUIET,
    FileStatus,
    Status,
    file_status,
    file_statuses,
)
from ingest.status.schedule import last_due, lost_at
from ingest.store.index.lists import OpenFile
from ingest.store.index.state import LedgerState
from ingest.store.index.totals import DayRow, day_rows

_WORST_FIRST = (
    Status.QUARANTINED,
    Status.GONE,
    Status.MISSING,
    Status.RESTATED,
    Status.WAITING,
    Status.UNLISTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStatus:
    """One client's day: the worst of its manifest and files."""

    delivery: Delivery
    status: Status
    files: list[FileStatus]
    """Those that have not landed; of one day that was asked for, all."""
    settled: Counter[Status]
    """How many more files there are, by status."""
    has_come: bool
    """A manifest or daily file has come."""
    days_to_loss: int
    """Until MX has deleted its copy; 0 or less when it is gone."""
    is_alarm: bool
    is_awaited: bool = True
    """Daily files are due, as on every day between a client's first ones and yesterday."""
    is_plausible: bool = True
    """False for a day that cannot be meant, which older versions took; no other follows from it."""
    has_manifest: bool = True
    """A manifest has been read, or an API has listed the day."""
    manifest_reason: str | None = None
    """Why its newest manifest is in quarantine, if it is."""
    completed_at: datetime | None = None
    """When the last of its listed files landed for the first time."""

    @property
    def counts(self) -> Counter[Status]:
        """How many of its files have which status; landed ones of a baseline count apart."""
        return self.settled + Counter(
            Status.BASELINE if file.is_baseline and file.status is Status.LANDED else file.status
            for file in self.files
        )


def day_statuses(
    state: LedgerState,
    *,
    now: datetime,
    settle: timedelta,
    client: str | None = None,
    day: date | None = None,
    with_given_up: bool = False,
) -> Iterator[DayStatus]:
    """Give the status of each day, from each client's first delivery to the last that is due.

    A baseline is no delivery: it makes no day due, and its own day is given if none is due then.
    With `day`, all its files are listed; otherwise only those that have not landed.

    Args:
        client: only of this one, in any case.
    """
    rows = {row.delivery: row for row in day_rows(state, client=client)}
    known = {delivery for delivery, row in rows.items() if row.is_known}
    delivered = {delivery for delivery in known if rows[delivery].is_delivered}
    seen_on = max(now, state.last_at).date()
    plausible = {each for each in delivered if is_plausible(each.snapshot_date, on=seen_on)}
    awaited = set(_awaited(plausible, until=last_due(now))) | delivered
    files: dict[Delivery, list[FileStatus]] = defaultdict(list)
    if day is None:
        for file in file_statuses(state, now=now, settle=settle, with_given_up=with_given_up):
            files[file.key.delivery].append(file)
    for delivery in sorted(awaited | known):
        if day not in (None, delivery.snapshot_date):
            continue
        row = rows.get(delivery) or DayRow(
            delivery=delivery, is_given_up=delivery.client_guid in state.meta.given_up
        )
        if day:
            files[delivery] = _statuses_of_day(state, row, now=now, settle=settle)
        yield _day_status(
            row,
            sorted(files.get(delivery, []), key=lambda file: file.key),
            now=now,
            is_awaited=delivery in awaited,
            is_plausible=is_plausible(delivery.snapshot_date, on=seen_on),
        )


def _statuses_of_day(
    state: LedgerState, row: DayRow, *, now: datetime, settle: timedelta
) -> list[FileStatus]:
    """Give the status of all files of a day."""
    return [
        file_status(
            OpenFile(file, row.is_listed, row.is_unfinished, row.is_given_up or file.is_given_up),
            now=now,
            settle=settle,
        )
        for file in state.day(row.delivery).files.values()
        if file.is_known
    ]


def _awaited(delivered: Iterable[Delivery], *, until: date) -> Iterator[Delivery]:
    """Give each client's days from the first that was delivered to the last one, or further."""
    dates: dict[str, list[date]] = defaultdict(list)
    for client_guid, day in delivered:
        dates[client_guid].append(day)
    for client_guid, of_client in dates.items():
        first, last = min(of_client), max(*of_client, until)
        for offset in range((last - first).days + 1):
            yield Delivery(client_guid=client_guid, snapshot_date=first + timedelta(days=offset))


def _day_status(
    row: DayRow,
    files: list[FileStatus],
    *,
    now: datetime,
    is_awaited: bool,
    is_plausible: bool,
) -> DayStatus:
    delivery = row.delivery
    listed = {file.status for file in files}
    status = _worst(row, listed, is_awaited=is_awaited)
    is_due = delivery.snapshot_date <= last_due(now)
    if status is None:
        has_given_up = Status.GIVEN_UP in listed or row.given_up + row.given_up_baselines > 0
        complete = Status.LANDED if is_awaited else Status.BASELINE
        status = Status.GIVEN_UP if has_given_up else complete
    elif row.is_given_up:
        status = Status.GIVEN_UP
    elif not is_due and status in (Status.MISSING, Status.WAITING):
        status = Status.NOT_DUE
    return DayStatus(
        delivery=delivery,
        status=status,
        files=files,
        settled=_settled(row, listed),
        has_come=row.landed + row.given_up > 0 or any(_has_come(file) for file in files),
        days_to_loss=(lost_at(delivery.snapshot_date).date() - now.date()).days,
        is_alarm=status not in QUIET or any(file.is_alarm for file in files),
        is_awaited=is_awaited,
        is_plausible=is_plausible,
        has_manifest=row.is_listed,
        manifest_reason=row.quarantine_reason,
        completed_at=row.completed_at,
    )


def _has_come(file: FileStatus) -> bool:
    return file.status is not Status.MISSING and not file.is_baseline


def _worst(row: DayRow, listed: set[Status], *, is_awaited: bool) -> Status | None:
    """Give the worst status of a day's manifest and files; None where nothing is open."""
    statuses = set(listed)
    if row.quarantine_reason:
        statuses.add(Status.QUARANTINED)
    elif is_awaited and not row.is_listed:
        statuses.add(Status.WAITING if row.has_manifest else Status.MISSING)
    if row.is_unfinished:
        statuses.add(Status.WAITING)
    return next((each for each in _WORST_FIRST if each in statuses), None)


def _settled(row: DayRow, listed: set[Status]) -> Counter[Status]:
    """Count the files of a day that are not listed one by one."""
    settled: Counter[Status] = Counter()
    if Status.LANDED not in listed:
        settled[Status.LANDED] = row.landed
        settled[Status.BASELINE] = row.landed_baselines
    if Status.GIVEN_UP not in listed:
        settled[Status.GIVEN_UP] = row.given_up + row.given_up_baselines
    return +settled
