"""The charts of a report."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ingest.status.report.canvas import COLOURS, add_axes, add_boxes, draw_svg
from ingest.status.report.days import WEEKS, Day, DayState, first_day
from ingest.status.report.volumes import Volume
from ingest.store.ledger.facts import Run

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
_WIDTH, _VOLUME_HEIGHT, _RUNS_HEIGHT = 326, 96, 120
_CELL, _LEFT, _TOP = 23, 27, 28
_CALENDAR_HEIGHT: Final = _TOP + 7 * _CELL
_FEW: Final = 10


def calendar_chart(days: Sequence[Day], *, last: date, name: str) -> str:
    """Draw the last weeks, one a column, Monday on top."""
    first = first_day(last)

    def paint(figure: Figure) -> None:
        axes = add_axes(figure, left=0, bottom=0, right=0, top=0)
        axes.set(xlim=(0, _WIDTH), ylim=(_CALENDAR_HEIGHT, 0))
        axes.axis("off")
        _label_calendar(axes, first)
        for day in days:
            week, weekday = divmod((day.snapshot_date - first).days, 7)
            if week >= 0:
                _add_day(axes, day, x=_LEFT + week * _CELL, y=_TOP + weekday * _CELL)

    return draw_svg(paint, name=name, width=_WIDTH, height=_CALENDAR_HEIGHT)


def volume_chart(volumes: Sequence[Volume], *, complete: set[date], last: date, name: str) -> str:
    """Draw the rows of each day, the median they are held against, and marks on unusual ones."""
    first = first_day(last)
    at = {day: each for each in volumes if (day := (each.snapshot_date - first).days) >= 0}
    most = max((each.rows for each in at.values()), default=0) or 1

    def paint(figure: Figure) -> None:
        axes = add_axes(figure, left=40, bottom=20, right=4, top=16)
        weeks = range(0, WEEKS * 7, 28)
        axes.set_xticks(weeks, [_short(first + timedelta(days=each)) for each in weeks])
        axes.set_xlim(-1, WEEKS * 7)
        _scale(axes, most)
        whole = {day: each.rows for day, each in at.items() if each.snapshot_date in complete}
        half = {day: each.rows for day, each in at.items() if day not in whole}
        _add_bars(axes, whole, floor=most / 60, facecolor=COLOURS["bar"], edgecolor="none")
        _add_bars(axes, half, facecolor="none", edgecolor=COLOURS["bar"], linewidth=0.7)
        _add_medians(axes, at)
        _add_marks(axes, at, above=most * 0.13)

    return draw_svg(paint, name=name, width=_WIDTH, height=_VOLUME_HEIGHT)


def runs_chart(runs: Sequence[Run], *, name: str) -> str:
    """Draw how long runs took, the youngest on the right; a cross for one that did not end well."""
    seconds = {at: run.seconds for at, run in enumerate(runs) if run.seconds is not None}
    most = max(seconds.values(), default=0) or 1

    def paint(figure: Figure) -> None:
        axes = add_axes(figure, left=40, bottom=6, right=4, top=18)
        axes.set_xticks([])
        axes.set_xlim(-1, max(len(runs), _FEW))
        _scale(axes, most)
        _add_bars(axes, seconds, floor=most / 60, facecolor=COLOURS["bar"], edgecolor="none")
        for at, run in enumerate(runs):
            if run.seconds is None or run.failures:
                height = (run.seconds or 0) + most * 0.1
                axes.plot(at, height, marker="X", color=COLOURS["mark"], clip_on=False)

    return draw_svg(paint, name=name, width=_WIDTH, height=_RUNS_HEIGHT)


def _label_calendar(axes: Axes, first: date) -> None:
    colour = COLOURS["muted"]
    for weekday, label in enumerate(("Mon", "", "Wed", "", "Fri", "", "Sun")):
        axes.text(0, _TOP + (weekday + 0.5) * _CELL, label, va="center", color=colour)
    for week in range(WEEKS):
        monday, x = first + timedelta(weeks=week), _LEFT + (week + 0.5) * _CELL
        axes.text(x, _TOP - 8, str(monday.day), ha="center", va="center", color=colour)
        if monday.day <= 7 or (week == 0 and monday.day <= 21):
            axes.text(x, _TOP - 21, f"{monday:%b}", ha="center", va="center", color=colour)


def _add_day(axes: Axes, day: Day, *, x: float, y: float) -> None:
    is_due = day.state != DayState.NOT_DUE
    add_boxes(
        axes,
        [(x + 1, y + 1, x + _CELL - 1, y + _CELL - 1)],
        facecolor=COLOURS[day.state.role] if is_due else "none",
        edgecolor=COLOURS["line"],
        linewidth=0.7,
        linestyle="-" if is_due else ":",
    )
    days_to_loss = str(max(day.days_to_loss, 0)) if day.state == DayState.MISSING else ""
    if letters := LETTERS[day.state] + days_to_loss:
        axes.text(
            x + _CELL / 2,
            y + _CELL / 2,
            letters,
            ha="center",
            va="center",
            weight="bold",
            color=COLOURS[f"on-{day.state.role}"],
        )


def _add_medians(axes: Axes, at: dict[int, Volume]) -> None:
    medians = [(day, each.expected_rows) for day, each in at.items() if each.expected_rows]
    if medians:
        axes.plot(*zip(*medians, strict=True), color=COLOURS["ink"], linewidth=0.9, linestyle=":")


def _add_marks(axes: Axes, at: dict[int, Volume], *, above: float) -> None:
    for day, each in at.items():
        if each.is_unusual and each.expected_rows is not None:
            marker = "^" if each.rows > each.expected_rows else "v"
            axes.plot(day, each.rows + above, marker=marker, color=COLOURS["mark"], clip_on=False)


def _add_bars(
    axes: Axes, heights: Mapping[int, float], *, floor: float = 0, **look: object
) -> None:
    """Draw bars; a day of no rows is a line on the ground, and one without word is nothing."""
    boxes = [(x - 0.35, 0.0, x + 0.35, max(height, floor)) for x, height in heights.items()]
    add_boxes(axes, boxes, **look)


def _scale(axes: Axes, most: float) -> None:
    label = f"{most:,.0f}" if most >= _FEW or most == int(most) else f"{most:.1f}"
    axes.set_ylim(0, most * 1.05)
    axes.set_yticks([0, most], ["0", label])


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
