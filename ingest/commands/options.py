"""The options and exit codes that commands share."""

import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.delivery.names import EARLIEST
from ingest.errors import MirrorError, SettingsError, one_line

if TYPE_CHECKING:
    from ingest.mirror.copy import Copied
    from ingest.status.runs import Summary

FAILED, MISUSED, INCOMPLETE = 1, 2, 3
LAST_AS_OF = date(2099, 12, 31)


def date_option(purpose: str) -> Any:
    """Make an option that takes a date."""
    return typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help=purpose)


Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
AsOf = Annotated[datetime | None, date_option("Take this date as today.")]


def moment(as_of: datetime | None) -> datetime:
    """Give the last moment of a date in UTC, or the present moment.

    Raises:
        SettingsError: the date is out of range; every day until then would be listed.
    """
    if as_of and not EARLIEST <= as_of.date() <= LAST_AS_OF:
        raise SettingsError(
            f"--as-of: expected a day from {EARLIEST} to {LAST_AS_OF}, found {as_of.date()}"
        )
    return datetime.combine(as_of, time.max, tzinfo=UTC) if as_of else datetime.now(tz=UTC)


def conclude(
    summary: "Summary",
    *,
    as_json: bool,
    allow_empty: bool = False,
    mirrored: "Copied | MirrorError | None" = None,
) -> None:
    """Print the summary of a run and of its mirror, and exit with the code for the outcome.

    Raises:
        MirrorError: that of the mirror.
    """
    failure = mirrored if isinstance(mirrored, MirrorError) else None
    copied = None if isinstance(mirrored, MirrorError) else mirrored
    if as_json:
        facts = {"failure": one_line(failure)} if failure else copied and copied.facts()
        typer.echo(json.dumps(summary.facts() | ({"mirror": facts} if facts else {})))
    else:
        texts = [copied.text(), summary.text()] if copied else [summary.text()]
        typer.echo("\n".join(texts if not copied or not copied.left_out else reversed(texts)))
    if failure:
        raise failure
    if summary.failures:
        raise typer.Exit(FAILED)
    is_mirror_incomplete = copied is not None and copied.is_incomplete
    is_empty = summary.empty_source is not None and not allow_empty
    if summary.alarms or is_empty or is_mirror_incomplete:
        raise typer.Exit(INCOMPLETE)
