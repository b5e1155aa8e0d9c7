"""A summary decides the exit code."""

import pytest
import typer

from ingest.commands.exit_codes import conclude
from ingest.errors import SourceError
from ingest.status.runs import EmptySource, Summary

EMPTY = EmptySource(where="/in", ignored=0)


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
