"""What somebody has to act on comes with the first thing to do."""

from pathlib import Path

from ingest.errors import Reason
from ingest.status.client_days import DayState
from ingest.status.report.facts import Facts
from tests.status.report.test_facts import DAY, facts_of
from tests.status.world import (
    CALM,
    HOSTILE,
    TROUBLED,
    morning,
    recording,
)


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
