"""One module a command. What takes long to import is imported by the command that needs it."""

from datetime import UTC, datetime, time
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Pretend that today is this date."),
]


def moment(as_of: datetime | None) -> datetime:
    """Give the last moment of a date, UTC, or the present one."""
    return datetime.combine(as_of, time.max, tzinfo=UTC) if as_of else datetime.now(tz=UTC)
