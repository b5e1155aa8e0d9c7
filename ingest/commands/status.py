"""`ingest status`."""

import json
from datetime import datetime, timedelta
from typing import Annotated

import typer

from ingest.commands import AsOf, Json, moment
from ingest.settings import load_settings

NOT_WHOLE = 3


def status(
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Show one day's files, resource by event."),
    ] = None,
    client: Annotated[str | None, typer.Option(help="Show one client only.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Show what has landed, waits, is missing or in quarantine, by client and day."""
    from ingest.ledger import read_state
    from ingest.status import calendar, day_facts, day_grid, last_line, overview

    settings = load_settings()
    seen = overview(
        read_state(settings.data / "ledger"),
        now=moment(as_of),
        settle=timedelta(hours=settings.settle_hours),
        client=client,
        day=day.date() if day else None,
    )
    if as_json:
        facts = [day_facts(each, with_landed=day is not None) for each in seen.days]
        told = {"days": facts, "bad_names": seen.bad_names, "alarms": seen.alarms}
        typer.echo(json.dumps(told))
    elif not seen.days and not seen.bad_names:
        typer.echo(f"nothing has come yet; {settings.data / 'ledger'} is empty")
    else:
        days = "\n\n".join(map(day_grid, seen.days))
        typer.echo(days if day else calendar(seen.days, bad_names=seen.bad_names))
        typer.echo(f"\n{last_line(seen)}")
    if seen.alarms:
        raise typer.Exit(NOT_WHOLE)
