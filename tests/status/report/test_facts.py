"""What a report says of a ledger."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import Reason
from ingest.status.next_steps import shell_word
from ingest.status.overview import last_line
from ingest.status.report.calendar import DayState
from ingest.status.report.facts import ClientFacts, Facts
from tests.status.report.world import (
    CALM,
    GONE,
    HOSTILE,
    NOW,
    RESOURCES,
    TROUBLED,
    days,
    morning,
    recording,
)
from tests.support.ledger import facts_of as gather_facts
from tests.support.ledger import overview_of

DAY = date(2026, 1, 5)
SETTLE = timedelta(hours=6)


def facts_of(folder: Path, *, now: datetime = NOW) -> Facts:
    return gather_facts(folder, now=now, settle=SETTLE)


def client(facts: Facts, client_guid: str) -> ClientFacts:
    return next(each for each in facts.clients if each.client_guid == client_guid)


def states(facts: Facts, client_guid: str) -> dict[str, DayState]:
    found = {f"{day.snapshot_date:%m-%d}": day.state for day in client(facts, client_guid).days}
    return {day: state for day, state in found.items() if state != DayState.COMPLETE}


def test_a_calendar_tells_every_state(facts: Facts) -> None:
    assert states(facts, CALM) == {"03-12": DayState.LATE}
    assert states(facts, TROUBLED) == {
        "03-02": DayState.MISSING,
        "03-10": DayState.GIVEN_UP,
        "03-26": DayState.INCOMPLETE,
        "03-27": DayState.MISSING,
        "03-28": DayState.QUARANTINED,
    }
    assert set(states(facts, GONE).values()) == {DayState.GIVEN_UP}


def test_days_due_before_a_clients_first_delivery_are_not_late(tmp_path: Path) -> None:
    began_at = morning(DAY + timedelta(days=2), hour=7)
    with recording(tmp_path) as writer:
        for day in days(DAY, DAY + timedelta(days=2)):
            writer.listed(CALM, day, {"users": 1}, at=began_at)
            writer.landed(CALM, day, {"users": 1}, at=began_at)

    assert states(facts_of(tmp_path, now=began_at), CALM) == {}


def test_a_restated_day_stays_as_early_as_it_was(tmp_path: Path) -> None:
    for run_id, rows, at in [("1", 5, morning(DAY)), ("2", 6, morning(DAY, hour=20))]:
        with recording(tmp_path, run_id) as writer:
            writer.listed(CALM, DAY, {"users": rows}, at=at)
            writer.landed(CALM, DAY, {"users": rows}, at=at)

    [day] = facts_of(tmp_path, now=morning(DAY, hour=21)).clients[0].days

    assert day.state == DayState.COMPLETE
    assert day.completed_at is not None
    assert day.completed_at.hour == 1


def test_freshness_is_the_age_of_the_latest_complete_day(facts: Facts) -> None:
    calm, troubled = client(facts, CALM).freshness, client(facts, TROUBLED).freshness

    assert (calm.latest_complete, calm.days_behind, calm.age_hours) == (date(2026, 3, 30), 0, 12.0)
    assert (troubled.days_behind, troubled.alarms) == (0, 4)


def test_a_report_counts_what_status_counts(facts: Facts, world: Path) -> None:
    seen = overview_of(world / "ledger", now=NOW, settle=SETTLE)

    assert facts.alarms == seen.alarms == len(facts.open_days) + 1
    assert last_line(seen) == "incomplete: 4 days, 1 names; see: ingest report"


def test_what_is_lost_first_comes_first_and_says_what_to_do(facts: Facts) -> None:
    open_days = [
        (f"{day.snapshot_date:%m-%d}", day.days_to_loss, day.command.split(TROUBLED)[0])
        for day in facts.open_days
    ]

    assert open_days == [
        ("03-26", 3, "ingest run"),
        ("03-27", 4, "ingest run"),
        ("03-28", 5, "ingest run"),
        ("03-02", -21, "ingest release --give-up "),
    ]
    assert [day.advice for day in facts.open_days] == [
        "ask MX to send 2 files within 3 days",
        "see within 4 days whether MX delivers and the source can be reached",
        "1 file in quarantine as checksum: ask MX to deliver it again; a good copy heals by itself",
        "MX's copy is gone: ask MX, or record that it will not come",
    ]


def test_quarantine_says_why_and_what_mends_it(facts: Facts) -> None:
    by_reason = {file.reason: file for file in facts.quarantine}

    assert set(by_reason) == {Reason.CHECKSUM, Reason.NAME}
    assert by_reason["checksum"].found == "f" * 64
    assert (by_reason["checksum"].command, by_reason["checksum"].resource) == (
        "ingest run",
        "accounts",
    )
    assert by_reason["name"].name == HOSTILE


@pytest.mark.parametrize("name", [HOSTILE, "CLT-plain.pgp", "CLT-a b'$(id)`", "CLT-\udcff\n\t\\"])
def test_a_command_holds_a_name_as_bash_reads_it(name: str) -> None:
    word = shell_word(name)

    said = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)

    assert said.stdout == name.encode(errors="surrogateescape")
    assert word.isascii() and word.isprintable()


def test_a_volume_far_from_the_median_before_is_marked(facts: Facts) -> None:
    marked = [
        (each.client_guid, resource, str(day.snapshot_date), day.rows, day.expected_rows)
        for each in facts.clients
        for resource, volumes in each.volumes.items()
        for day in volumes
        if day.is_unusual
    ]

    assert [(guid, *rest) for guid, *rest in marked] == [
        (CALM, "transactions", "2026-03-20", 900, 105.0),
        (TROUBLED, "transactions", "2026-03-20", 900, 105.0),
    ]


def test_no_volume_is_marked_before_there_are_fourteen_days(tmp_path: Path) -> None:
    with recording(tmp_path) as writer:
        for number, day in enumerate(days(DAY, DAY + timedelta(days=20))):
            rows = {"users": 1000 if number in (13, 14) else 1}
            writer.listed(CALM, day, rows, at=morning(day))
            writer.landed(CALM, day, rows, at=morning(day))

    volumes = facts_of(tmp_path).clients[0].volumes["users"]

    assert [number for number, each in enumerate(volumes) if each.is_unusual] == [14]


def test_runs_are_the_youngest_thirty_and_one_without_an_end_says_so(facts: Facts) -> None:
    assert len(facts.runs) == 30
    assert [run.run_id for run in facts.runs if run.seconds is None] == ["run-2026-03-29"]
    assert facts.runs[0].files_landed == 3
    began_at = morning(date(2026, 3, 28), hour=10) - timedelta(seconds=48)
    assert abs((facts.runs[3].began_at - began_at).total_seconds()) < 1


def test_a_failure_does_not_say_as_whom_a_source_was_asked(facts: Facts) -> None:
    [failure] = [failure for run in facts.runs for failure in run.failures]

    assert failure == "source sftp://host/up: expected <b>an answer</b>"


def test_a_new_field_is_a_change_of_schema(facts: Facts) -> None:
    added = {each.resource for each in facts.schema_changes if each.change == "added"}

    assert added == set(RESOURCES)
    assert facts.schema_changes[0].first_date == date(2026, 3, 30) - timedelta(days=29)
    assert facts.schema_changes[0].field == "<b>new"


def test_an_empty_ledger_has_nothing_and_no_alarm(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, now=datetime(2026, 1, 1, tzinfo=UTC))

    assert (facts.clients, facts.alarms, facts.last_recorded_at) == ([], 0, None)


def test_a_baseline_is_a_day_of_its_own_and_no_delivery(tmp_path: Path) -> None:
    """Before the first day, on a day that is whole, and on one of which nothing else has come."""
    before, first, last = DAY - timedelta(days=9), DAY, DAY + timedelta(days=1)
    with recording(tmp_path) as writer:
        for day in (before, first, last):
            writer.baseline(CALM, day, part=2, at=morning(before))
        writer.listed(CALM, first, {"users": 5}, at=morning(first))
        writer.landed(CALM, first, {"users": 5}, at=morning(first))

    facts = facts_of(tmp_path, now=morning(last, hour=8))

    found = {day.snapshot_date: (day.state, day.is_alarm) for day in client(facts, CALM).days}
    assert found == {
        before: (DayState.BASELINE, False),
        first: (DayState.COMPLETE, False),
        last: (DayState.MISSING, True),
    }
    assert client(facts, CALM).freshness.latest_complete == first
    [volume] = client(facts, CALM).volumes["users"]
    assert volume.rows == 5


def test_a_baseline_in_quarantine_comes_again_by_its_own_command(tmp_path: Path) -> None:
    with recording(tmp_path) as writer:
        writer.baseline(CALM, DAY, part=1, at=morning(DAY))
        writer.baseline(CALM, DAY, part=2, at=morning(DAY), reason="damaged")

    facts = facts_of(tmp_path)

    [rejected] = facts.quarantine
    assert (rejected.event, rejected.command) == (
        "baseline",
        f"ingest baseline FOLDER --date {DAY}",
    )
    [day] = facts.open_days
    assert (day.state, day.counts, day.is_awaited) == (
        DayState.QUARANTINED,
        {"baseline": 1, "quarantined": 1},
        False,
    )
