"""The state of the days as text: a calendar of many, a grid of one. Pure, no I/O."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from ingest.delivery import DAILY_EVENTS, Event
from ingest.ledger_state import LedgerState
from ingest.standing import DayStanding, FileStanding, Standing, day_standings

SIGNS = {
    Standing.LANDED: "#",
    Standing.WAITING: "~",
    Standing.RESTATED: "r",
    Standing.MISSING: "M",
    Standing.GONE: "X",
    Standing.UNLISTED: "u",
    Standing.QUARANTINED: "Q",
    Standing.GIVEN_UP: "-",
    Standing.NOT_DUE: ".",
    Standing.BASELINE: "b",
}
LEGEND = "  ".join(f"{sign} {standing}" for standing, sign in SIGNS.items())
MOST_DETAILS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The days that were asked for, and what of them calls for someone."""

    days: list[DayStanding]
    bad_names: list[str]
    """Names in quarantine; they belong to no day and no client."""

    @property
    def alarms(self) -> int:
        """Count days that call for someone, and names."""
        return sum(day.is_alarm for day in self.days) + len(self.bad_names)


def overview(
    state: LedgerState,
    *,
    now: datetime,
    settle: timedelta,
    client: str | None = None,
    day: date | None = None,
) -> Overview:
    """Say how all days stand, or those of one client, or one day of each."""
    days = [
        each
        for each in day_standings(state, now=now, settle=settle)
        if (client is None or client.lower() == each.delivery.client_guid.lower())
        and day in (None, each.delivery.snapshot_date)
    ]
    is_all = client is None and day is None
    return Overview(days=days, bad_names=sorted(state.bad_names) if is_all else [])


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


def last_line(seen: Overview) -> str:
    """Say in a line what is not whole, as `ingest run` does."""
    if not seen.alarms:
        return "all that is due is whole"
    days = seen.alarms - len(seen.bad_names)
    return f"not whole: {days:,} days, {len(seen.bad_names):,} names; see: ingest report"


def day_grid(day: DayStanding) -> str:
    """Draw one day's files, resource by event; a baseline has a column where there is one."""
    has_baseline = any(file.is_baseline for file in day.files)
    events = [Event.BASELINE, *DAILY_EVENTS] if has_baseline else DAILY_EVENTS
    lines = [_detail(day), "", f"{'':<30}" + "".join(f"{event:<22}" for event in events)]
    by_resource = groupby(day.files, key=lambda file: file.place[1])
    for resource, files in by_resource:
        of_resource = list(files)
        cells = (f"{_cell(of_resource, event):<22}" for event in events)
        lines.append(f"{resource:<30}{''.join(cells)}".rstrip())
    lines += [
        f"{file.place[1]} {file.place.kind}: {file.reason}" for file in day.files if file.reason
    ]
    return "\n".join(lines)


def _cell(files: list[FileStanding], event: Event) -> str:
    """Say how a resource's file of an event stands, or how many parts of a baseline do."""
    standings = [file.standing for file in files if file.place.event is event]
    if len(standings) < 2:
        return "".join(standings)
    return ", ".join(f"{count} {standing}" for standing, count in Counter(standings).items())


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
                **({"part": file.place.part} if file.place.part > 1 else {}),
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
    for month, of_month in groupby(
        days, key=lambda day: day.delivery.snapshot_date.isoformat()[:7]
    ):
        signs = [" "] * 31
        for day in of_month:
            signs[day.delivery.snapshot_date.day - 1] = SIGNS[day.standing]
        yield f"{month}  {''.join(signs)}".rstrip()


def _detail(day: DayStanding) -> str:
    counts = ", ".join(f"{count} {standing}" for standing, count in sorted(day.counts.items()))
    said = f"{day.delivery.snapshot_date}  {day.delivery.client_guid}  {day.standing}"
    return f"{said}: {counts or 'no files'}{_loss(day)}"


def _loss(day: DayStanding) -> str:
    if day.standing in (Standing.LANDED, Standing.GIVEN_UP) or not day.is_awaited:
        return ""
    if day.days_to_loss <= 0:
        return "; MX's copy is gone"
    return f"; {day.days_to_loss} days until MX's copy is gone"
