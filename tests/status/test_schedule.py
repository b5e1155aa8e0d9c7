"""When a day's files are due, and when its copy at MX is gone."""

from datetime import UTC, date, datetime

import pytest

from ingest.status.schedule import is_ready, last_due, lost_at

DAY = date(2026, 1, 2)


def test_a_day_is_due_at_six_in_the_morning_after_it() -> None:
    assert last_due(datetime(2026, 1, 3, 5, 59, tzinfo=UTC)) == date(2026, 1, 1)
    assert last_due(datetime(2026, 1, 3, 6, 0, tzinfo=UTC)) == date(2026, 1, 2)


@pytest.mark.parametrize(("hour", "expected"), [(0, False), (1, True)])
def test_a_day_may_be_asked_for_from_one_in_the_morning_on(hour: int, expected: bool) -> None:
    assert is_ready(DAY, now=datetime(2026, 1, 3, hour, tzinfo=UTC)) is expected


def test_a_copy_is_gone_when_the_eighth_day_after_begins() -> None:
    assert lost_at(DAY) == datetime(2026, 1, 10, tzinfo=UTC)


def test_the_last_day_of_the_calendar_has_a_moment_too() -> None:
    assert lost_at(date.max) == datetime.max.replace(tzinfo=UTC)
