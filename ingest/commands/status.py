"""`ingest status`: show the state of every delivery."""

import gc
import json
from datetime import datetime, timedelta
from typing import Annotated

import typer

from ingest.commands.options import INCOMPLETE, AsOf, Json, date_option, moment
from ingest.settings import load_settings


def status(
    day: Annotated[
        datetime | None, date_option("Show the files of one day, by resource and event.")
    ] = None,
    client: Annotated[
        str | None, typer.Option(metavar="CLIENT", help="Show this client only.")
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Show landed, waiting, missing and quarantined files by day."""
    gc.disable()  # it ends soon, and a fifth of its time would look for garbage
    from ingest.status.grid import calendar, day_text, failing_lines
    from ingest.status.overview import last_line, overview
    from ingest.store.index.catch_up import open_state

    settings, now = load_settings(), moment(as_of)
    with open_state(settings.data / "ledger") as state:
        seen = overview(
            state,
            now=now,
            settle=timedelta(hours=settings.settle_hours),
            client=client,
            day=day.date() if day else None,
            with_given_up=as_json,
        )
    if as_json:
        typer.echo(json.dumps(seen.facts(with_landed=day is not None), default=str))
    else:
        nothing = f"nothing has come yet; {settings.data / 'ledger'} has no file or manifest"
        days = "\n\n".join(map(day_text, seen.days))
        has_come = seen.days or seen.bad_names
        drawn = days if day else calendar(seen.days, bad_names=seen.bad_names)
        typer.echo(drawn if has_come else nothing)
        if seen.failing:
            typer.echo(f"\n{failing_lines(seen.failing, now=now)}")
        if has_come or seen.failing:
            typer.echo(f"\n{last_line(seen)}")
    if seen.alarms:
        raise typer.Exit(INCOMPLETE)
