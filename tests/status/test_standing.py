"""The status of files and days."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ingest.landing.decide import Rules
from ingest.status.days import DayStatus
from ingest.status.schedule import last_due
from tests.conftest import Ingest
from tests.support.ledger import days_of
from tests.support.sender import CLIENT, DAY, Sender

STEM = f"{CLIENT}.{DAY}.users.created"
RULES = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
NEXT_MORNING = datetime(2026, 1, 3, 7, tzinfo=UTC)


def days(data: Path, *, now: datetime = NEXT_MORNING) -> list[DayStatus]:
    return days_of(data / "ledger", now=now, settle=RULES.settle)


def signs(data: Path, *, now: datetime = NEXT_MORNING) -> list[str]:
    return [str(day.status) for day in days(data, now=now)]


def test_a_day_is_due_at_six_in_the_morning_after_it() -> None:
    assert last_due(datetime(2026, 1, 3, 5, 59, tzinfo=UTC)) == date(2026, 1, 1)
    assert last_due(datetime(2026, 1, 3, 6, 0, tzinfo=UTC)) == date(2026, 1, 2)


def test_a_whole_day_has_landed(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()

    assert signs(data) == ["landed"]


def test_days_that_never_came_are_missing_once_they_are_due(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()

    later = days(data, now=datetime(2026, 1, 6, 7, tzinfo=UTC))

    assert [str(day.status) for day in later] == ["landed", "missing", "missing", "missing"]
    assert [day.is_alarm for day in later] == [False, True, True, True]
    assert later[1].days_to_loss == 5


def test_a_copy_is_lost_on_the_eighth_day_after(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a").unlink()
    sender.send_manifest()
    ingest()

    lost = days(data, now=datetime(2026, 1, 10, tzinfo=UTC))[0].days_to_loss
    kept = days(data, now=datetime(2026, 1, 9, 23, tzinfo=UTC))[0].days_to_loss

    assert (lost, kept) == (0, 1)


def test_an_unfinished_day_is_not_due_before_its_hour(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    ingest()

    assert signs(data, now=datetime(2026, 1, 3, 2, tzinfo=UTC)) == ["not due"]
    assert signs(data, now=NEXT_MORNING) == ["missing"]
