"""The status of days at a fixed moment, and the rules by which it is asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.landing.decide import Rules
from ingest.status.days import DayStatus
from tests.support.ledger import days_of

RULES = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
NEXT_MORNING = datetime(2026, 1, 3, 7, tzinfo=UTC)


def days(data: Path, *, now: datetime = NEXT_MORNING) -> list[DayStatus]:
    return days_of(data / "ledger", now=now, settle=RULES.settle)


def signs(data: Path, *, now: datetime = NEXT_MORNING) -> list[str]:
    return [str(day.status) for day in days(data, now=now)]
