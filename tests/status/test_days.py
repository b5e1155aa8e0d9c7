"""The status of each day of a client."""

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import Ingest
from tests.support.sender import Sender
from tests.support.status import NEXT_MORNING, days, signs


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
