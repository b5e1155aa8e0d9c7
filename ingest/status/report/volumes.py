"""Rows by day and resource, and which of them are unusual."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from ingest.store.index.state import LedgerState
from ingest.store.index.totals import landed_resources, volume_rows

BEFORE_MOST, BEFORE_LEAST = 28, 14
"""With how many complete days before it a day is compared."""
MEDIAN_SHARE, DEVIATIONS, ROWS = 0.5, 5.0, 20
RULE: Final = (
    "A day's rows are marked where they differ from the median of the resource's complete days "
    f"before, the last {BEFORE_MOST} of them, by more than the largest of: {MEDIAN_SHARE:.0%} of "
    f"that median, {DEVIATIONS:g} times the median distance from it, and {ROWS} rows. With fewer "
    f"than {BEFORE_LEAST} such days nothing is marked. A mark is a hint and raises no alarm."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDays:
    """The days that a report draws, and which days can be compared."""

    first: date
    last: date
    complete: Collection[date]
    """All complete days of the client; others are shown and not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The rows of one resource that landed on one day, of all its events."""

    snapshot_date: date
    rows: int
    plain_bytes: int
    expected_rows: float | None
    """The median of the days before; None with too few, or where the day is not complete."""
    is_unusual: bool


def volumes_of(state: LedgerState, client_guid: str, *, days: DrawnDays) -> dict[str, list[Volume]]:
    """Give a client's volumes by resource, each in the order of days.

    A resource of which nothing landed on these days has an empty list.
    """
    since = first_measured(days)
    return {
        resource: _volumes(volume_rows(state, client_guid, resource, since=since), days)
        for resource in landed_resources(state, client_guid)
    }


def first_measured(days: DrawnDays) -> date:
    """Give the day from which on volumes are measures for those that are drawn."""
    before = sorted(day for day in days.complete if day < days.first)
    return min([days.first, *before[-BEFORE_MOST:]])


def _volumes(rows: list[tuple[date, int, int]], days: DrawnDays) -> list[Volume]:
    volumes: list[Volume] = []
    before: list[int] = []
    for day, row_count, plain_bytes in rows:
        expected = None
        if day in days.complete:
            measure = before[-BEFORE_MOST:]
            expected = median(measure) if len(measure) >= BEFORE_LEAST else None
            before.append(row_count)
        if days.first <= day <= days.last:
            is_unusual = expected is not None and _is_unusual(row_count, measure, middle=expected)
            volumes.append(
                Volume(
                    snapshot_date=day,
                    rows=row_count,
                    plain_bytes=plain_bytes,
                    expected_rows=expected,
                    is_unusual=is_unusual,
                )
            )
    return volumes


def _is_unusual(rows: int, before: list[int], *, middle: float) -> bool:
    distance = abs(rows - middle)
    if distance <= max(MEDIAN_SHARE * middle, ROWS):
        return False
    return distance > DEVIATIONS * median(abs(each - middle) for each in before)
