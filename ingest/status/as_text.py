"""Print the days for `ingest status`: a calendar of many, a grid of one. Pure, no I/O."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from ingest.delivery.names import DAILY_EVENTS, Event
from ingest.errors import Reason
from ingest.status.days import DayStatus
from ingest.status.files import FileStatus, Status
from ingest.status.next_steps import NextStep, remedy, steps_for_day
from ingest.store.erased import Erasure
from ingest.store.facts import Failing

SIGNS = {
    Status.LANDED: "#",
    Status.WAITING: "~",
    Status.RESTATED: "r",
    Status.MISSING: "M",
    Status.GONE: "X",
    Status.UNLISTED: "u",
    Status.QUARANTINED: "Q",
    Status.GIVEN_UP: "-",
    Status.NOT_DUE: ".",
    Status.BASELINE: "b",
}
LEGEND = "  ".join(f"{sign} {status}" for status, sign in SIGNS.items())
MOST_DETAILS = 20


def calendar(days: list[DayStatus], *, bad_names: list[str]) -> str:
    """Draw a line a month for each client, a sign a day, and list what is incomplete."""
    lines: list[str] = []
    for client_guid, of_client in groupby(days, key=lambda day: day.delivery.client_guid):
        lines += [client_guid, *_months(of_client), ""]
    lines.append(LEGEND)
    alarms = [day for day in days if day.is_alarm]
    alarms.sort(key=lambda day: (day.days_to_loss <= 0, day.days_to_loss))
    lines += [""] if alarms else []
    for day in alarms[:MOST_DETAILS]:
        first, *others = steps_for_day(day)
        lines += [f"{_detail(day)}; {first.text()}", *map(_told, others)]
    if len(alarms) > MOST_DETAILS:
        lines.append(f"and {len(alarms) - MOST_DETAILS} days more: ingest status --json")
    for name in bad_names:
        lines.append(f"name in quarantine: {name!a}; {remedy(Reason.NAME, names=[name]).text()}")
    return "\n".join(lines)


def failing_lines(failing: Failing, *, now: datetime) -> str:
    """Say that the last runs failed, since when, and with which words."""
    runs = "the last run" if failing.count == 1 else f"the last {failing.count:,} runs"
    since = f"since {failing.since:%Y-%m-%d %H:%M} UTC, " if failing.count > 1 else ""
    return f"{runs} failed, {since}the last {age(now - failing.at)} ago:\n  {failing.line}"


def erasure_line(erasure: Erasure) -> str:
    """Say that an erasure has not ended, and how it goes on."""
    return (
        f"the erasure at {erasure.client_guid} that {erasure.requested_by} asked for on "
        f"{erasure.at:%Y-%m-%d} has not ended; go on with: ingest erase --resume"
    )


def age(passed: timedelta) -> str:
    """Say how long ago something was, in the largest unit of which there are two."""
    minutes = max(int(passed.total_seconds() // 60), 0)
    unit, length = next(
        (each for each in (("day", 24 * 60), ("hour", 60)) if minutes >= 2 * each[1]), ("minute", 1)
    )
    count = minutes // length
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _told(step: NextStep) -> str:
    return f"  {step.text()}"


def day_grid(day: DayStatus) -> str:
    """Draw one day's files, resource by event; a baseline has a column where there is one."""
    has_baseline = any(file.is_baseline for file in day.files)
    events = [Event.BASELINE, *DAILY_EVENTS] if has_baseline else DAILY_EVENTS
    lines = [_detail(day), "", f"{'':<30}" + "".join(f"{event:<22}" for event in events)]
    by_resource = groupby(day.files, key=lambda file: file.key[1])
    for resource, files in by_resource:
        of_resource = list(files)
        cells = (f"{_cell(of_resource, event):<22}" for event in events)
        lines.append(f"{resource:<30}{''.join(cells)}".rstrip())
    lines += [f"{file.key[1]} {file.key.kind}: {file.reason}" for file in day.files if file.reason]
    return "\n".join(lines)


def day_text(day: DayStatus) -> str:
    """Draw one day's files, and give the next steps where it is incomplete."""
    steps = steps_for_day(day) if day.is_alarm else []
    return "\n".join([day_grid(day), *([""] if steps else []), *map(_told, steps)])


def _cell(files: list[FileStatus], event: Event) -> str:
    """Give the status of a resource's file of an event, or count parts of a baseline by it."""
    statuses = [file.status for file in files if file.key.event is event]
    if len(statuses) < 2:
        return "".join(statuses)
    return ", ".join(f"{count} {status}" for status, count in Counter(statuses).items())


def _months(days: Iterable[DayStatus]) -> Iterator[str]:
    yield f"{'':9}" + "".join(f"{number:<5}" for number in range(1, 32, 5))
    for month, of_month in groupby(
        days, key=lambda day: day.delivery.snapshot_date.isoformat()[:7]
    ):
        signs = [" "] * 31
        for day in of_month:
            signs[day.delivery.snapshot_date.day - 1] = SIGNS[day.status]
        yield f"{month}  {''.join(signs)}".rstrip()


def _detail(day: DayStatus) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in sorted(day.counts.items()))
    said = f"{day.delivery.snapshot_date}  {day.delivery.client_guid}  {day.status}"
    return f"{said}: {counts or 'no files'}{_loss(day)}"


def _loss(day: DayStatus) -> str:
    if day.status in (Status.LANDED, Status.GIVEN_UP) or not day.is_awaited:
        return ""
    if day.days_to_loss <= 0:
        return "; MX's copy is gone"
    return f"; {day.days_to_loss} days until MX's copy is gone"
