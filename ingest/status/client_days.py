"""The state of each of a client's days, and how fresh the client is. Pure, no I/O."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from ingest.status.days import DayStatus
from ingest.status.files import Status
from ingest.status.schedule import due_at, last_due, moment_after

MOST_WEEKS: Final = 13
"""A chart shows no older ones."""


class DayState(StrEnum):
    """The state of a client's day in a calendar."""

    COMPLETE = "complete"
    LATE = "late"
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    QUARANTINED = "quarantined"
    GIVEN_UP = "given up"
    NOT_DUE = "not due"
    BASELINE = "baseline"

    @property
    def role(self) -> str:
        """Give the name of its colours."""
        return self.replace(" ", "-")


_STATES = {
    Status.QUARANTINED: DayState.QUARANTINED,
    Status.MISSING: DayState.INCOMPLETE,
    Status.GONE: DayState.INCOMPLETE,
    Status.WAITING: DayState.INCOMPLETE,
    Status.RESTATED: DayState.INCOMPLETE,
    Status.UNLISTED: DayState.INCOMPLETE,
    Status.GIVEN_UP: DayState.GIVEN_UP,
    Status.NOT_DUE: DayState.NOT_DUE,
    Status.BASELINE: DayState.BASELINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One client's day."""

    snapshot_date: date
    state: DayState
    completed_at: datetime | None
    """When the last of its listed files had landed for the first time."""
    days_to_loss: int
    """Until MX has deleted its copy; 0 or less when it is gone."""
    is_alarm: bool
    counts: dict[str, int]
    """How many of its files stand how."""
    is_awaited: bool = True
    """Daily files are due; if none are, it is the day of a baseline."""
    is_plausible: bool = True
    """False for a day that cannot be meant: no calendar shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far a client's complete days reach."""

    latest_complete: date | None
    age_hours: float | None
    """Since the end of that day, UTC."""
    days_behind: int | None
    """Behind the youngest day that is due; 0 when nothing is late."""
    alarms: int
    """Days that call for someone."""


def days_of_clients(
    statuses: Iterable[DayStatus], *, began_at: Mapping[str, datetime]
) -> dict[str, list[Day]]:
    """Give each client's days in their order.

    Args:
        began_at: when the first record of each client's deliveries was written.
    """
    days: dict[str, list[Day]] = defaultdict(list)
    for day in statuses:
        delivery = day.delivery
        is_landed = day.status is Status.LANDED
        completed_at = day.completed_at if is_landed else None
        days[delivery.client_guid].append(
            Day(
                snapshot_date=delivery.snapshot_date,
                state=_state(day, completed_at, began_at),
                completed_at=completed_at,
                days_to_loss=day.days_to_loss,
                is_alarm=day.is_alarm,
                counts={str(each): count for each, count in sorted(day.counts.items())},
                is_awaited=day.is_awaited,
                is_plausible=day.is_plausible,
            )
        )
    return dict(days)


def freshness(days: list[Day], *, now: datetime) -> Freshness:
    """Say how far a client's complete days reach."""
    complete = [
        day.snapshot_date
        for day in days
        if day.is_plausible and day.state in (DayState.COMPLETE, DayState.LATE)
    ]
    latest = max(complete, default=None)
    alarms = sum(day.is_alarm for day in days)
    if latest is None:
        return Freshness(latest_complete=None, age_hours=None, days_behind=None, alarms=alarms)
    end = moment_after(latest, days=1)
    return Freshness(
        latest_complete=latest,
        age_hours=max(round((now - end).total_seconds() / 3600, 1), 0),
        days_behind=max((last_due(now) - latest).days, 0),
        alarms=alarms,
    )


@dataclass(frozen=True, slots=True)
class ShownDays:
    """The days that a client's charts show; it begins on a Monday."""

    first: date
    last: date

    @classmethod
    def of(cls, days: Iterable[Day], *, now: datetime) -> "ShownDays":
        """Fit the span to a client's days; older ones than of 13 weeks are left out."""
        dates = [day.snapshot_date for day in days if day.is_plausible] or [now.date()]
        last = max(dates)
        oldest = max(min(dates), last - timedelta(weeks=MOST_WEEKS - 1))
        return cls(oldest - timedelta(days=oldest.weekday()), last)

    @property
    def weeks(self) -> int:
        return (self.last - self.first).days // 7 + 1

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last


def _state(
    day: DayStatus, completed_at: datetime | None, began_at: Mapping[str, datetime]
) -> DayState:
    """A day that was due before anything of its client had come is not late but of old."""
    if day.status == Status.MISSING and not day.has_come:
        return DayState.MISSING
    if day.status != Status.LANDED:
        return _STATES[day.status]
    due = due_at(day.delivery.snapshot_date)
    is_late = completed_at is not None and completed_at > due
    is_ours = began_at[day.delivery.client_guid] <= due
    return DayState.LATE if is_late and is_ours else DayState.COMPLETE
