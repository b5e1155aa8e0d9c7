"""The options that commands share."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

import typer

from ingest.delivery.names import EARLIEST
from ingest.errors import SettingsError

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
