"""Options and exit codes that several commands share."""

import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.delivery.names import EARLIEST
from ingest.errors import SettingsError

if TYPE_CHECKING:
    from ingest.status.summary import Summary

FAILED, NOT_WHOLE = 1, 3
LAST_AS_OF = date(2099, 12, 31)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Pretend that today is this date."),
]


def moment(as_of: datetime | None) -> datetime:
    """Give the last moment of a date, UTC, or the present one.

    Raises:
        SettingsError: it is no day that can be meant; each day until then would be told.
    """
    if as_of and not EARLIEST <= as_of.date() <= LAST_AS_OF:
        raise SettingsError(
            f"--as-of: expected a day from {EARLIEST} to {LAST_AS_OF}, found {as_of.date()}"
        )
    return datetime.combine(as_of, time.max, tzinfo=UTC) if as_of else datetime.now(tz=UTC)


def conclude(summary: "Summary", *, as_json: bool, allow_empty: bool = False) -> None:
    """Print what a run did, and end with the code that says how it went."""
    typer.echo(json.dumps(summary.facts()) if as_json else summary.text())
    if summary.failures:
        raise typer.Exit(FAILED)
    if summary.alarms or (summary.empty_source and not allow_empty):
        raise typer.Exit(NOT_WHOLE)
