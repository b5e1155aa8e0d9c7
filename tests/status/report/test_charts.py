"""Each chart shows the facts it is given, without colour too, and the same facts the same way."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from ingest.status.client_days import MOST_WEEKS, Day, DayState, ShownDays
from ingest.status.report.charts import (
    LETTERS,
    calendar_chart,
    runs_chart,
    volume_chart,
)
from ingest.status.report.volumes import Volume
from ingest.store.facts import Run

LAST = date(2026, 3, 31)


def day_with(state: DayState, *, on: date = LAST, days_to_loss: int = 3) -> Day:
    return Day(
        snapshot_date=on,
        state=state,
        completed_at=None,
        days_to_loss=days_to_loss,
        is_alarm=False,
        counts={},
    )


NOW = datetime(2026, 3, 31, tzinfo=UTC)
SPAN = ShownDays.of(
    [day_with(DayState.LATE, on=LAST - timedelta(weeks=w)) for w in (20, 0)], now=NOW
)


def volume(rows: int, *, on: date = LAST, median: float | None = None) -> Volume:
    return Volume(
        snapshot_date=on,
        rows=rows,
        plain_bytes=1,
        expected_rows=median,
        is_unusual=median is not None and rows != median,
    )


def run_of(seconds: float | None, *failures: str) -> Run:
    at = datetime(2026, 3, 31, tzinfo=UTC)
    return Run(run_id="r", began_at=at, seconds=seconds, failures=list(failures))


def bars(chart: str, look: str) -> int:
    """Count the bars of one kind."""
    return sum(path.count("M") for path in re.findall(rf'class="{look}" d="([^"]+)"', chart))


@pytest.mark.parametrize("state", list(DayState))
def test_a_day_has_its_letter_its_colour_and_its_state_in_words(state: DayState) -> None:
    chart = calendar_chart([day_with(state)], span=SPAN)

    letters = LETTERS[state] + ("3" if state == DayState.MISSING else "")
    assert f"<title>{LAST}: {state}</title>" in chart
    assert f"<desc>1 {state}</desc>" in chart
    assert f"fill:var(--{state.role})" in chart
    assert re.findall(r'class="letter"[^>]*>([^<]*)<', chart) == ([letters] if letters else [])
    assert ('class="not-due"' in chart) == (state == DayState.NOT_DUE)


def test_a_calendar_has_its_weeks_side_by_side_and_leaves_older_days_out() -> None:
    first = SPAN.first
    days = [first - timedelta(days=1), first, first + timedelta(days=8), LAST]

    chart = calendar_chart([day_with(DayState.LATE, on=day) for day in days], span=SPAN)

    squares = [tuple(map(int, each)) for each in re.findall(r'<rect x="(\d+)" y="(\d+)"', chart)]
    (x, y), (next_x, next_y), (last_x, _) = squares
    assert (next_x - x, next_y - y, last_x - x) == (23, 23, 23 * (MOST_WEEKS - 1))


@pytest.mark.parametrize(("ago", "weeks"), [(0, 1), (9, 3), (60, 10), (200, 13)])
def test_charts_have_as_many_weeks_as_there_are_days_for(ago: int, weeks: int) -> None:
    days = [day_with(DayState.LATE, on=LAST - timedelta(days=each)) for each in (ago, 0)]
    span = ShownDays.of(days, now=NOW)

    chart = calendar_chart(days, span=span)

    assert (span.weeks, span.first.weekday(), span.last) == (weeks, 0, LAST)
    labels = re.findall(r'<text[^>]*class="" [^>]*>(\w+)</text>', chart)
    assert len([each for each in labels if each.isdecimal()]) == weeks
    assert [each for each in labels if each.isalpha()][-1] == "Mar"
    assert len(re.findall(r"<rect", chart)) == (1 if ago == 200 else len({0, ago}) + (ago == 0))


def test_a_day_that_is_not_complete_has_an_outlined_bar() -> None:
    days = [LAST - timedelta(days=each) for each in (2, 1, 0)]

    chart = volume_chart(
        [volume(5, on=day) for day in days], complete=set(days[1:]), span=SPAN, resource="users"
    )

    assert (bars(chart, "bar"), bars(chart, "outlined")) == (2, 1)
    assert "<title>Rows of users per day" in chart


def test_unusual_days_have_a_triangle_that_points_up_or_down() -> None:
    days = [LAST - timedelta(days=each) for each in (2, 1, 0)]
    volumes = [
        volume(rows, on=day, median=50) for rows, day in zip((900, 50, 1), days, strict=True)
    ]

    chart = volume_chart(volumes, complete=set(days), span=SPAN, resource="users")

    assert re.findall("[▲▼]", chart) == ["▲", "▼"]
    assert "<desc>Up to 900 rows a day; 2 unusual days</desc>" in chart
    assert len(re.findall(r'class="median" d="M[\d. ]+L[\d. ]+L[\d. ]+"', chart)) == 1


def test_a_chart_of_no_rows_is_drawn() -> None:
    chart = volume_chart([], complete=set(), span=SPAN, resource="users")

    assert (bars(chart, "bar"), bars(chart, "outlined"), bars(chart, "median")) == (0, 0, 0)


def test_a_run_that_failed_or_did_not_end_has_a_cross() -> None:
    chart = runs_chart([run_of(10.0), run_of(None), run_of(20.0, "source: refused")])

    assert (bars(chart, "bar"), chart.count("×")) == (2, 2)
    assert "<desc>3 runs; 2 failed or have no end on record</desc>" in chart
    assert runs_chart([]).count("×") == 0
