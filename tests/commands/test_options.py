"""A date means its last moment in UTC, and a summary decides the exit code."""

from datetime import UTC, datetime

import pytest
import typer

from ingest.commands.options import conclude, moment
from ingest.errors import SettingsError, SourceError
from ingest.status.runs import EmptySource, Summary

EMPTY = EmptySource(where="/in", ignored=0)


def test_a_date_is_taken_to_its_end() -> None:
    assert (
        moment(datetime(2026, 1, 2, tzinfo=UTC)).isoformat() == "2026-01-02T23:59:59.999999+00:00"
    )
    assert moment(None) <= datetime.now(tz=UTC)


@pytest.mark.parametrize("year", [1999, 2100])
def test_a_date_that_cannot_be_meant_is_refused(year: int) -> None:
    with pytest.raises(SettingsError, match="--as-of: expected a day from 2000-01-01"):
        moment(datetime(year, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("summary", "allow_empty", "code"),
    [
        (Summary(run_id="r", failures=[SourceError("x")], alarms=1), False, 1),
        (Summary(run_id="r", alarms=1), False, 3),
        (Summary(run_id="r", empty_source=EMPTY), False, 3),
        (Summary(run_id="r", empty_source=EMPTY), True, 0),
        (Summary(run_id="r"), False, 0),
    ],
)
def test_the_exit_code_is_that_of_the_worst_fact(
    summary: Summary, allow_empty: bool, code: int
) -> None:
    found = 0
    try:
        conclude(summary, as_json=True, allow_empty=allow_empty)
    except typer.Exit as exit_:
        found = exit_.exit_code

    assert found == code
