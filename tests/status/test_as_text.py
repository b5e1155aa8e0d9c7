"""Days as text: a calendar of many, a grid of one."""

from datetime import UTC, date, datetime
from pathlib import Path

from ingest.status.as_text import calendar, day_grid
from ingest.status.overview import day_facts
from tests.conftest import Ingest
from tests.support.ledger import days_of
from tests.support.sender import DAY, Sender
from tests.support.status import NEXT_MORNING, RULES, days


def test_four_hundred_days_are_a_line_a_month(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()

    drawn = calendar(days(data, now=datetime(2027, 2, 5, 7, tzinfo=UTC)), bad_names=["CLT-\n"])

    assert f"2026-01   #{'M' * 29}" in drawn.splitlines()
    assert len(drawn.splitlines()) < 45
    assert "and 378 days more: ingest status --json" in drawn
    assert "name in quarantine: 'CLT-\\n'" in drawn


def test_a_day_in_detail_shows_resource_by_event(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_users("b", event="deleted", Checksum="0" * 64)
    sender.send_manifest()
    ingest()
    [day] = days_of(
        data / "ledger", now=NEXT_MORNING, settle=RULES.settle, day=date.fromisoformat(DAY)
    )

    assert day_grid(day).splitlines()[3].split() == ["users", "landed", "quarantined"]
    assert "users deleted: checksum" in day_grid(day)
    assert [file["reason"] for file in day_facts(day, with_landed=False)["files"]] == ["checksum"]
    assert len(day_facts(day, with_landed=True)["files"]) == 2
