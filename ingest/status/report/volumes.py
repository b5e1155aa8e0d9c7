"""Rows a day and resource, and which of them are unusual. Pure, no I/O."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from ingest.delivery.names import Event
from ingest.store.ledger.state import Landed, Place

BEFORE_MOST, BEFORE_LEAST = 28, 14
"""How many complete days before a day it is held against."""
MEDIAN_SHARE, DEVIATIONS, ROWS = 0.5, 5.0, 20
RULE: Final = (
    "A day's rows are marked where they differ from the median of the resource's complete days "
    f"before, the last {BEFORE_MOST} of them, by more than the largest of: {MEDIAN_SHARE:.0%} of "
    f"that median, {DEVIATIONS:g} times the median distance from it, and {ROWS} rows. With fewer "
    f"than {BEFORE_LEAST} such days nothing is marked. A mark is a hint and raises no alarm."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What landed of one resource on one day, of all events of that day."""

    snapshot_date: date
    rows: int
    plain_bytes: int
    expected_rows: float | None
    """The median of the days before; None with too few, or where the day is not complete."""
    is_unusual: bool


def volumes_of_clients(
    landed: Mapping[Place, Landed], *, complete: Mapping[str, set[date]]
) -> dict[str, dict[str, list[Volume]]]:
    """Give the volumes by client and resource, each in the order of days.

    Args:
        complete: each client's complete days; others are shown and neither judged nor a measure.
    """
    sums: dict[tuple[str, str], dict[date, list[int]]] = defaultdict(dict)
    for ((client_guid, day), resource, event, _), file in landed.items():
        if event is Event.BASELINE:
            continue
        total = sums[client_guid, resource].setdefault(day, [0, 0])
        total[0] += file.record_count
        total[1] += file.plain_bytes
    volumes: dict[str, dict[str, list[Volume]]] = defaultdict(dict)
    for client_guid, resource in sorted(sums):
        days = sums[client_guid, resource]
        volumes[client_guid][resource] = _judge(days, complete=complete.get(client_guid, set()))
    return dict(volumes)


def _judge(days: dict[date, list[int]], *, complete: set[date]) -> list[Volume]:
    volumes: list[Volume] = []
    before: list[int] = []
    for day, (rows, plain_bytes) in sorted(days.items()):
        expected = None
        if day in complete:
            measure = before[-BEFORE_MOST:]
            expected = median(measure) if len(measure) >= BEFORE_LEAST else None
            before.append(rows)
        volumes.append(
            Volume(
                snapshot_date=day,
                rows=rows,
                plain_bytes=plain_bytes,
                expected_rows=expected,
                is_unusual=expected is not None and _is_unusual(rows, measure, middle=expected),
            )
        )
    return volumes


def _is_unusual(rows: int, before: list[int], *, middle: float) -> bool:
    spread = median(abs(each - middle) for each in before)
    return abs(rows - middle) > max(MEDIAN_SHARE * middle, DEVIATIONS * spread, ROWS)
