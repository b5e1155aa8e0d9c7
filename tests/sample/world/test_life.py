"""A record is created, changed and deleted on the days of its life, and not after."""

from datetime import date

import pytest

from ingest.delivery.names import Event
from sample.world.life import Change, Day, Life, Moment, Row, deleted, live_all
from sample.world.world import make_days

DAYS = list(make_days(start=date(2026, 1, 5), days=6))
SHORT = Life(guid="a", born=1, ended=1)
BACK = Life(guid="b", born=0, ended=2, back=4)
OLD = Life(guid="c", born=-30, ended=0)


def build(moment: Moment) -> Row:
    return {"user_guid": "u", "name": moment.life.guid}


def events(life: Life, day: Day, *, pace: float = 0) -> list[Event]:
    return [event for event, _ in live_all([life], day, build, pace=pace)]


@pytest.mark.parametrize(
    ("life", "days"),
    [
        (SHORT, {1: "created updated deleted"}),
        (BACK, {0: "created", 2: "deleted", 4: "created"}),
        (OLD, {0: "deleted"}),
    ],
)
def test_events_follow_the_days_of_a_life(life: Life, days: dict[int, str]) -> None:
    found = {day.index: " ".join(events(life, day)) for day in DAYS}

    assert {index: said for index, said in found.items() if said} == days


def test_a_pace_of_one_changes_a_record_every_day_of_its_life() -> None:
    changed = [day.index for day in DAYS if Event.UPDATED in events(BACK, day, pace=1)]

    assert changed == [0, 1, 2, 4, 5]


def test_rows_of_a_day_are_in_the_order_of_their_times() -> None:
    made: list[Change] = list(live_all([SHORT], DAYS[1], build, pace=1))

    times = [row.get("updated_at") or row["deleted_at"] for _, row in made]
    assert times == sorted(times)
    assert made[0][1]["created_at"] == made[1][1]["created_at"]


def test_a_deleted_row_is_emptied_or_full() -> None:
    rows = [{"guid": f"g{n}", "user_guid": "u", "name": "x", "updated_at": 7} for n in range(100)]

    emptied = [deleted(row) for row in rows]

    assert {frozenset(row) for row in emptied} == {
        frozenset({"guid", "user_guid", "deleted_at"}),
        frozenset({"guid", "user_guid", "deleted_at", "name", "updated_at"}),
    }
