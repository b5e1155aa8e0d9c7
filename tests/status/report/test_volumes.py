"""A day whose rows are far from the median before it is marked."""

from datetime import timedelta
from pathlib import Path

from ingest.status.report.facts import Facts
from tests.status.report.test_facts import DAY, facts_of
from tests.status.world import (
    CALM,
    TROUBLED,
    days,
    morning,
    recording,
)


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
