"""How each file, day and client stands now, from the ledger alone. Pure, no I/O."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from ingest.delivery.names import Delivery, Event, is_plausible
from ingest.errors import Reason
from ingest.store.ledger.state import LedgerState, Place, What

DUE_HOUR = 6
"""UTC hour of the next day at which a day's files should be there (MX: not before 01:00)."""
READY_HOUR = 1
"""UTC hour of the next day from which on MX advises to ask for a day's files."""
KEPT_DAYS = 7
"""For how many whole days after the day that follows its own MX keeps a file."""


class Standing(StrEnum):
    """What a person on call wants to know of a daily file, or of a day as a whole."""

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


_WORST_FIRST = (
    Standing.QUARANTINED,
    Standing.GONE,
    Standing.MISSING,
    Standing.RESTATED,
    Standing.WAITING,
    Standing.UNLISTED,
)
_QUIET = (Standing.LANDED, Standing.GIVEN_UP, Standing.NOT_DUE, Standing.BASELINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStanding:
    """One daily file, how it stands, and whether that calls for someone."""

    place: Place
    standing: Standing
    reason: str | None
    is_alarm: bool

    @property
    def is_baseline(self) -> bool:
        return self.place.event is Event.BASELINE


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStanding:
    """One client's day: the worst of its manifest and files."""

    delivery: Delivery
    standing: Standing
    files: list[FileStanding]
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

    @property
    def counts(self) -> Counter[Standing]:
        """How many of its files stand how; those of a baseline that landed are counted apart."""
        return Counter(
            Standing.BASELINE
            if file.is_baseline and file.standing == Standing.LANDED
            else file.standing
            for file in self.files
        )

    @property
    def has_come(self) -> bool:
        """Say whether a manifest or daily file has come."""
        return any(
            file.standing is not Standing.MISSING and not file.is_baseline for file in self.files
        )


def file_standings(
    state: LedgerState, *, now: datetime, settle: timedelta
) -> Iterator[FileStanding]:
    """Say of every daily file that was listed or delivered how it stands, in no order."""
    listed = (place for listings in state.listings.values() for place in listings)
    for place in state.archived.keys() | set(listed):
        standing = _file_standing(state, place, now=now)
        is_alarm = standing not in _QUIET
        if standing == Standing.WAITING and place[0] not in state.arbiters:
            is_alarm = now - state.archived[place].at > settle
        verdict = state.verdicts.get(place)
        reason = verdict.reason if verdict and standing != Standing.LANDED else None
        yield FileStanding(place=place, standing=standing, reason=reason, is_alarm=is_alarm)


def day_standings(state: LedgerState, *, now: datetime, settle: timedelta) -> Iterator[DayStanding]:
    """Say how each day stands, from each client's first delivery to the last that is due.

    A baseline is no delivery: it makes no day due, and its own day is told if none is due then.
    """
    files: dict[Delivery, list[FileStanding]] = defaultdict(list)
    for file in file_standings(state, now=now, settle=settle):
        files[file.place[0]].append(file)
    for unordered in files.values():
        unordered.sort(key=lambda file: file.place)
    delivered = {
        file.place[0] for of_day in files.values() for file in of_day if not file.is_baseline
    }
    delivered |= state.manifests.keys()
    seen_on = max(now, state.last_at).date()
    plausible = {each for each in delivered if is_plausible(each.snapshot_date, on=seen_on)}
    awaited = set(_awaited(plausible, until=last_due(now))) | delivered
    for delivery in sorted(awaited | files.keys()):
        yield _day_standing(
            state,
            delivery,
            files[delivery],
            now=now,
            is_awaited=delivery in awaited,
            is_plausible=is_plausible(delivery.snapshot_date, on=seen_on),
        )


def _awaited(delivered: Iterable[Delivery], *, until: date) -> Iterator[Delivery]:
    """Give each client's days from the first that was delivered to the last one, or further."""
    dates: dict[str, list[date]] = defaultdict(list)
    for client_guid, day in delivered:
        dates[client_guid].append(day)
    for client_guid, of_client in dates.items():
        first, last = min(of_client), max(*of_client, until)
        for offset in range((last - first).days + 1):
            yield Delivery(client_guid=client_guid, snapshot_date=first + timedelta(days=offset))


def count_alarms(state: LedgerState, files: Iterable[FileStanding]) -> int:
    """Count what calls for someone now: files, manifests in quarantine, names that break rules.

    A day of which nothing has come yet is no file: only `ingest status` looks for those.
    """
    manifests = sum(
        verdict.what == What.QUARANTINED and not state.is_given_up(delivery)
        for delivery, verdict in state.manifest_verdicts.items()
    )
    return sum(file.is_alarm for file in files) + manifests + len(state.bad_names)


def last_due(now: datetime) -> date:
    """Give the youngest snapshot date whose files should have come."""
    return (now - timedelta(days=1, hours=DUE_HOUR)).date()


def is_ready(snapshot_date: date, *, now: datetime) -> bool:
    """Say whether MX has had its time to assemble a day's files."""
    return now >= moment_after(snapshot_date, days=1, hour=READY_HOUR)


def lost_at(snapshot_date: date) -> datetime:
    """Say when MX's copy of a day is gone."""
    return moment_after(snapshot_date, days=KEPT_DAYS + 1)


def moment_after(snapshot_date: date, *, days: int, hour: int = 0) -> datetime:
    """Give an hour some days after a day; where the calendar ends before, its last moment."""
    try:
        return datetime.combine(snapshot_date + timedelta(days=days), time(hour), tzinfo=UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _file_standing(state: LedgerState, place: Place, *, now: datetime) -> Standing:
    archived, verdict = state.archived.get(place), state.verdicts.get(place)
    landed, listing = state.landed.get(place), state.listing_of(place)
    if state.is_gone(place, listing) and not (listing and state.has_come(place, listing)):
        standing = Standing.GONE
    elif archived is None:
        is_early = place[0] in state.unfinished and not is_ready(place[0].snapshot_date, now=now)
        standing = Standing.NOT_DUE if is_early else Standing.MISSING
    elif verdict is None or verdict.encrypted_sha256 != archived.encrypted_sha256:
        standing = Standing.WAITING
    elif verdict.what == What.QUARANTINED:
        is_unlisted = verdict.reason == Reason.UNLISTED
        standing = Standing.UNLISTED if is_unlisted else Standing.QUARANTINED
    elif landed and listing and not landed.fits(listing):
        standing = Standing.RESTATED
    else:
        standing = Standing.LANDED if verdict.what == What.LANDED else Standing.WAITING
    is_given_up = standing != Standing.LANDED and state.is_given_up(place[0], place)
    return Standing.GIVEN_UP if is_given_up else standing


def _day_standing(
    state: LedgerState,
    delivery: Delivery,
    files: list[FileStanding],
    *,
    now: datetime,
    is_awaited: bool,
    is_plausible: bool,
) -> DayStanding:
    is_due = delivery.snapshot_date <= last_due(now)
    verdict = state.manifest_verdicts.get(delivery)
    standings = {file.standing for file in files}
    manifest_reason = None
    if verdict and verdict.what == What.QUARANTINED:
        standings.add(Standing.QUARANTINED)
        manifest_reason = verdict.reason
    elif is_awaited and delivery not in state.arbiters:
        standings.add(Standing.WAITING if delivery in state.manifests else Standing.MISSING)
    if delivery in state.unfinished:
        standings.add(Standing.WAITING)
    standing = next((each for each in _WORST_FIRST if each in standings), None)
    if standing is None:
        whole = Standing.LANDED if is_awaited else Standing.BASELINE
        standing = Standing.GIVEN_UP if Standing.GIVEN_UP in standings else whole
    elif state.is_given_up(delivery):
        standing = Standing.GIVEN_UP
    elif not is_due and standing in (Standing.MISSING, Standing.WAITING):
        standing = Standing.NOT_DUE
    return DayStanding(
        delivery=delivery,
        standing=standing,
        files=files,
        days_to_loss=(lost_at(delivery.snapshot_date).date() - now.date()).days,
        is_alarm=standing not in _QUIET or any(file.is_alarm for file in files),
        is_awaited=is_awaited,
        is_plausible=is_plausible,
        has_manifest=delivery in state.arbiters,
        manifest_reason=manifest_reason,
    )
