"""The status of each client's day, from the ledger alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ingest.delivery.days import is_plausible
from ingest.delivery.names import Delivery
from ingest.status.files import (
    QUIET,
    FileStanding,
    Standing,
    file_standing,
    file_standings,
)
from ingest.status.schedule import last_due, lost_at
from ingest.store.index.lists.days import DayRow, day_rows
from ingest.store.index.lists.files import OpenFile
from ingest.store.index.state import LedgerState

_WORST_FIRST = (
    Standing.QUARANTINED,
    Standing.GONE,
    Standing.MISSING,
    Standing.RESTATED,
    Standing.WAITING,
    Standing.UNLISTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStanding:
    """One client's day: the worst of its manifest and files."""

    delivery: Delivery
    standing: Standing
    files: list[FileStanding]
    """Those that have not landed; of one day that was asked for, all."""
    settled: Counter[Standing]
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
    def counts(self) -> Counter[Standing]:
        """How many of its files have which status; landed ones of a baseline count apart."""
        return self.settled + Counter(
            Standing.BASELINE
            if file.is_baseline and file.standing is Standing.LANDED
            else file.standing
            for file in self.files
        )


def day_standings(
    state: LedgerState,
    *,
    now: datetime,
    settle: timedelta,
    client: str | None = None,
    day: date | None = None,
    with_given_up: bool = False,
) -> Iterator[DayStanding]:
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
    files: dict[Delivery, list[FileStanding]] = defaultdict(list)
    if day is None:
        for file in file_standings(state, now=now, settle=settle, with_given_up=with_given_up):
            files[file.place.delivery].append(file)
    for delivery in sorted(awaited | known):
        if day not in (None, delivery.snapshot_date):
            continue
        row = rows.get(delivery) or DayRow(
            delivery=delivery, is_given_up=delivery.client_guid in state.meta.given_up
        )
        if day:
            files[delivery] = _standings_of_day(state, row, now=now, settle=settle)
        yield _day_standing(
            row,
            sorted(files.get(delivery, []), key=lambda file: file.place),
            now=now,
            is_awaited=delivery in awaited,
            is_plausible=is_plausible(delivery.snapshot_date, on=seen_on),
        )


def _standings_of_day(
    state: LedgerState, row: DayRow, *, now: datetime, settle: timedelta
) -> list[FileStanding]:
    """Give the status of all files of a day."""
    return [
        file_standing(
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


def _day_standing(
    row: DayRow,
    files: list[FileStanding],
    *,
    now: datetime,
    is_awaited: bool,
    is_plausible: bool,
) -> DayStanding:
    delivery = row.delivery
    listed = {file.standing for file in files}
    standing = _worst(row, listed, is_awaited=is_awaited)
    is_due = delivery.snapshot_date <= last_due(now)
    if standing is None:
        has_given_up = Standing.GIVEN_UP in listed or row.given_up + row.given_up_baselines > 0
        complete = Standing.LANDED if is_awaited else Standing.BASELINE
        standing = Standing.GIVEN_UP if has_given_up else complete
    elif row.is_given_up:
        standing = Standing.GIVEN_UP
    elif not is_due and standing in (Standing.MISSING, Standing.WAITING):
        standing = Standing.NOT_DUE
    return DayStanding(
        delivery=delivery,
        standing=standing,
        files=files,
        settled=_settled(row, listed),
        has_come=row.landed + row.given_up > 0 or any(_has_come(file) for file in files),
        days_to_loss=(lost_at(delivery.snapshot_date).date() - now.date()).days,
        is_alarm=standing not in QUIET or any(file.is_alarm for file in files),
        is_awaited=is_awaited,
        is_plausible=is_plausible,
        has_manifest=row.is_listed,
        manifest_reason=row.quarantine_reason,
        completed_at=row.completed_at,
    )


def _has_come(file: FileStanding) -> bool:
    return file.standing is not Standing.MISSING and not file.is_baseline


def _worst(row: DayRow, listed: set[Standing], *, is_awaited: bool) -> Standing | None:
    """Give the worst status of a day's manifest and files; None where nothing is open."""
    standings = set(listed)
    if row.quarantine_reason:
        standings.add(Standing.QUARANTINED)
    elif is_awaited and not row.is_listed:
        standings.add(Standing.WAITING if row.has_manifest else Standing.MISSING)
    if row.is_unfinished:
        standings.add(Standing.WAITING)
    return next((each for each in _WORST_FIRST if each in standings), None)


def _settled(row: DayRow, listed: set[Standing]) -> Counter[Standing]:
    """Count the files of a day that are not listed one by one."""
    settled: Counter[Standing] = Counter()
    if Standing.LANDED not in listed:
        settled[Standing.LANDED] = row.landed
        settled[Standing.BASELINE] = row.landed_baselines
    if Standing.GIVEN_UP not in listed:
        settled[Standing.GIVEN_UP] = row.given_up + row.given_up_baselines
    return +settled
