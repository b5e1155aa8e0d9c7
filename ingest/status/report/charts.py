"""Draw the charts of a report: a calendar of days, rows per day, seconds per run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from markupsafe import Markup

from ingest.status.client_days import Day, DayState, ShownDays
from ingest.status.report.canvas import (
    Plot,
    draw_axes,
    draw_bars,
    draw_line,
    draw_square,
    draw_svg,
    draw_text,
)
from ingest.status.report.volumes import Volume
from ingest.store.facts import Run

LETTERS: Final = {
    DayState.COMPLETE: "",
    DayState.LATE: "L",
    DayState.INCOMPLETE: "I",
    DayState.MISSING: "M",
    DayState.QUARANTINED: "Q",
    DayState.GIVEN_UP: "G",
    DayState.NOT_DUE: "",
    DayState.BASELINE: "B",
}
_CELL: Final = 23
_LEFT: Final = 27
_TOP: Final = 28
MOST_LABELS: Final = 6
"""With so many weeks each Monday has a label, else every fourth."""
_FEWEST_RUNS: Final = 10
"""A chart has room for this many runs, so that the bars of two are not as wide as the page."""


def calendar_chart(days: Sequence[Day], *, span: ShownDays) -> Markup:
    """Draw the weeks of a span, one a column, Monday on top."""
    shown = [day for day in days if span.has(day.snapshot_date)]
    squares = (part for day in shown for part in _square(day, span.first))
    parts = [*_calendar_labels(span), *squares]
    counts = Counter(str(day.state) for day in shown)
    return draw_svg(
        parts,
        title=f"Calendar of deliveries, {span.first} to {span.last}",
        description=", ".join(f"{count} {state}" for state, count in counts.items()),
        height=_TOP + 7 * _CELL,
    )


def volume_chart(
    volumes: Sequence[Volume], *, complete: set[date], span: ShownDays, resource: str
) -> Markup:
    """Draw each day's rows, their median, and a triangle at each unusual day."""
    first, columns = span.first, span.weeks * 7
    at = {day: each for each in volumes if (day := (each.snapshot_date - first).days) >= 0}
    most = max((each.rows for each in at.values()), default=0) or 1
    plot = Plot(columns=columns, most=most, top=16, ground=76)
    apart = 28 if span.weeks > MOST_LABELS else 7
    mondays = {day: first + timedelta(days=day) for day in range(0, columns, apart)}
    triangles = list(_triangles(plot, at))
    axes = draw_axes(plot, {day: f"{monday.day} {monday:%b}" for day, monday in mondays.items()})
    return draw_svg(
        [*_volume_bars(plot, at, complete), *axes, _median_line(plot, at), *triangles],
        title=f"Rows of {resource} per day, {first} to {span.last}",
        description=f"Up to {most:,} rows a day; {len(triangles)} unusual days",
        height=96,
    )


def runs_chart(runs: Sequence[Run]) -> Markup:
    """Draw the seconds of each run, the latest on the right, and a cross at each failed one."""
    seconds = {at: run.seconds for at, run in enumerate(runs) if run.seconds is not None}
    most = max(seconds.values(), default=0) or 1
    plot = Plot(columns=max(len(runs), _FEWEST_RUNS), most=most, top=18, ground=114)
    crosses = [
        _mark(plot, at, (run.seconds or 0) + most * 0.1, "×")
        for at, run in enumerate(runs)
        if run.seconds is None or run.failures
    ]
    parts = [draw_bars(plot, seconds, look="bar"), *draw_axes(plot, {}), *crosses]
    return draw_svg(
        parts,
        title="Seconds of each run, the latest on the right",
        description=f"{len(runs)} runs; {len(crosses)} failed or have no end on record",
        height=120,
    )


def _calendar_labels(span: ShownDays) -> Iterator[Markup]:
    for weekday, label in ((0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun")):
        yield draw_text(0, _TOP + (weekday + 0.5) * _CELL, label, look="start")
    for week in range(span.weeks):
        monday, x = span.first + timedelta(weeks=week), _LEFT + (week + 0.5) * _CELL
        yield draw_text(x, _TOP - 8, str(monday.day))
        is_next_named = week + 1 < span.weeks and (monday + timedelta(weeks=1)).day <= 7
        if monday.day <= 7 or (week == 0 and not is_next_named):
            yield draw_text(x, _TOP - 21, f"{monday:%b}")


def _square(day: Day, first: date) -> Iterator[Markup]:
    """Draw a day; its letter tells its state without colour."""
    week, weekday = divmod((day.snapshot_date - first).days, 7)
    x, y = _LEFT + week * _CELL, _TOP + weekday * _CELL
    look = "not-due" if day.state == DayState.NOT_DUE else "day"
    title = f"{day.snapshot_date}: {day.state}"
    yield draw_square(x + 1, y + 1, _CELL - 2, look=look, colour=day.state.role, title=title)
    days_to_loss = str(max(day.days_to_loss, 0)) if day.state == DayState.MISSING else ""
    if letters := LETTERS[day.state] + days_to_loss:
        middle = (x + _CELL / 2, y + _CELL / 2)
        yield draw_text(*middle, letters, look="letter", colour=f"on-{day.state.role}")


def _volume_bars(plot: Plot, at: dict[int, Volume], complete: set[date]) -> Iterator[Markup]:
    full = {day: each.rows for day, each in at.items() if each.snapshot_date in complete}
    outlined = {day: each.rows for day, each in at.items() if day not in full}
    yield draw_bars(plot, full, look="bar")
    yield draw_bars(plot, outlined, look="outlined")


def _median_line(plot: Plot, at: dict[int, Volume]) -> Markup:
    medians = {day: each.expected_rows for day, each in at.items() if each.expected_rows}
    return draw_line(plot, medians, look="median")


def _triangles(plot: Plot, at: dict[int, Volume]) -> Iterator[Markup]:
    for day, each in at.items():
        if each.is_unusual and each.expected_rows is not None:
            sign = "▲" if each.rows > each.expected_rows else "▼"
            yield _mark(plot, day, each.rows + plot.most * 0.13, sign)


def _mark(plot: Plot, column: int, value: float, sign: str) -> Markup:
    return draw_text(plot.x(column), plot.y(value), sign, look="mark", colour="mark")
