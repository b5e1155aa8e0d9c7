"""A client's day has one state, and a client the age of its latest complete day."""

from datetime import date, timedelta
from pathlib import Path

from ingest.status.client_days import DayState
from ingest.status.report.facts import Facts
from tests.status.report.test_facts import DAY, client, facts_of
from tests.status.world import (
    CALM,
    GONE,
    TROUBLED,
    days,
    morning,
    recording,
)


def states(facts: Facts, client_guid: str) -> dict[str, DayState]:
    found = {f"{day.snapshot_date:%m-%d}": day.state for day in client(facts, client_guid).days}
    return {day: state for day, state in found.items() if state != DayState.COMPLETE}


def test_each_day_has_a_state(facts: Facts) -> None:
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
