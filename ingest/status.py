"""The state of the days as text: a calendar of many, a grid of one. Pure, no I/O."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ingest.delivery import Event
from ingest.standing import DayStanding, Standing

SIGNS = {
    Standing.LANDED: "#",
    Standing.WAITING: "~",
    Standing.RESTATED: "r",
    Standing.MISSING: "M",
    Standing.UNLISTED: "u",
    Standing.QUARANTINED: "Q",
    Standing.GIVEN_UP: "-",
    Standing.NOT_DUE: ".",
}
LEGEND = "  ".join(f"{sign} {standing}" for standing, sign in SIGNS.items())
MOST_DETAILS = 20


def calendar(days: list[DayStanding], *, bad_names: list[str]) -> str:
    """Draw a line a month for each client, a sign a day, and tell what is not whole."""
    lines: list[str] = []
    for client_guid, of_client in groupby(days, key=lambda day: day.delivery.client_guid):
        lines += [client_guid, *_months(of_client), ""]
    lines.append(LEGEND)
    alarms = [day for day in days if day.is_alarm]
    lines += ["", *map(_detail, alarms[:MOST_DETAILS])] if alarms else []
    if len(alarms) > MOST_DETAILS:
        lines.append(f"and {len(alarms) - MOST_DETAILS} days more: ingest status --json")
    lines += [f"name in quarantine: {name!a}" for name in bad_names]
    return "\n".join(lines)


def day_grid(day: DayStanding) -> str:
    """Draw one day's files, resource by event."""
    lines = [_detail(day), "", f"{'':<30}" + "".join(f"{event:<22}" for event in Event)]
    by_resource = groupby(day.files, key=lambda file: file.place[1])
    for resource, files in by_resource:
        of_event = {file.place[2]: file for file in files}
        cells = (f"{of_event[event].standing if event in of_event else '':<22}" for event in Event)
        lines.append(f"{resource:<30}{''.join(cells)}".rstrip())
    lines += [
        f"{file.place[1]} {file.place[2]}: {file.reason}" for file in day.files if file.reason
    ]
    return "\n".join(lines)


def day_facts(day: DayStanding, *, with_landed: bool) -> dict[str, Any]:
    """Give one day for a program; files that have landed are only counted unless asked for."""
    return {
        "client_guid": day.delivery.client_guid,
        "snapshot_date": day.delivery.snapshot_date.isoformat(),
        "standing": day.standing,
        "days_to_loss": day.days_to_loss,
        "is_alarm": day.is_alarm,
        "counts": {str(standing): count for standing, count in sorted(day.counts.items())},
        "files": [
            {
                "resource": file.place[1],
                "event": file.place[2],
                "standing": file.standing,
                "reason": file.reason,
                "is_alarm": file.is_alarm,
            }
            for file in day.files
            if with_landed or file.standing != Standing.LANDED
        ],
    }


def _months(days: Iterable[DayStanding]) -> Iterator[str]:
    yield f"{'':9}" + "".join(f"{number:<5}" for number in range(1, 32, 5))
    for month, of_month in groupby(days, key=lambda day: f"{day.delivery.snapshot_date:%Y-%m}"):
        signs = [" "] * 31
        for day in of_month:
            signs[day.delivery.snapshot_date.day - 1] = SIGNS[day.standing]
        yield f"{month}  {''.join(signs)}".rstrip()


def _detail(day: DayStanding) -> str:
    counts = ", ".join(f"{count} {standing}" for standing, count in sorted(day.counts.items()))
    said = f"{day.delivery.snapshot_date}  {day.delivery.client_guid}  {day.standing}"
    return f"{said}: {counts or 'no files'}{_loss(day)}"


def _loss(day: DayStanding) -> str:
    if day.standing in (Standing.LANDED, Standing.GIVEN_UP):
        return ""
    if day.days_to_loss <= 0:
        return "; MX's copy is gone"
    return f"; {day.days_to_loss} days until MX's copy is gone"
