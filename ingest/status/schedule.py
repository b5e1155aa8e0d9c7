"""When a day's files are due, and when MX deletes its copy."""

from datetime import UTC, date, datetime, time, timedelta

DUE_HOUR = 6
"""UTC hour of the next day at which a day's files should be there (MX: not before 01:00)."""
READY_HOUR = 1
"""UTC hour of the next day from which on MX advises to ask for a day's files."""
KEPT_DAYS = 7
"""MX keeps a file for so many days after the day that follows its own."""


def last_due(now: datetime) -> date:
    """Give the youngest snapshot date whose files should have come."""
    return (now - timedelta(days=1, hours=DUE_HOUR)).date()


def due_at(snapshot_date: date) -> datetime:
    """Say when a day's files should be there."""
    return moment_after(snapshot_date, days=1, hour=DUE_HOUR)


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
