"""What a report says of a ledger."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ingest.status.overview import last_line
from ingest.status.report.facts import ClientFacts, Facts
from tests.status.world import (
    NOW,
    morning,
)
from tests.support.ledger import facts_of as gather_facts
from tests.support.ledger import overview_of

DAY = date(2026, 1, 5)
SETTLE = timedelta(hours=6)


def facts_of(folder: Path, *, now: datetime = NOW) -> Facts:
    return gather_facts(folder, now=now, settle=SETTLE)


def client(facts: Facts, client_guid: str) -> ClientFacts:
    return next(each for each in facts.clients if each.client_guid == client_guid)


def test_a_report_counts_what_status_counts(facts: Facts, world: Path) -> None:
    seen = overview_of(world / "ledger", now=NOW, settle=SETTLE)

    assert facts.alarms == seen.alarms == len(facts.open_days) + 1
    assert last_line(seen) == "incomplete: 4 days, 1 names; see: ingest report"


def test_runs_are_the_youngest_thirty_and_one_without_an_end_says_so(facts: Facts) -> None:
    assert len(facts.runs) == 30
    assert [run.run_id for run in facts.runs if run.seconds is None] == ["run-2026-03-29"]
    assert facts.runs[0].files_landed == 3
    began_at = morning(date(2026, 3, 28), hour=10) - timedelta(seconds=48)
    assert abs((facts.runs[3].began_at - began_at).total_seconds()) < 1


def test_a_failure_does_not_say_as_whom_a_source_was_asked(facts: Facts) -> None:
    [failure] = [failure for run in facts.runs for failure in run.failures]

    assert failure == "source sftp://host/up: expected <b>an answer</b>"


def test_an_empty_ledger_has_nothing_and_no_alarm(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, now=datetime(2026, 1, 1, tzinfo=UTC))

    assert (facts.clients, facts.alarms, facts.last_recorded_at) == ([], 0, None)
