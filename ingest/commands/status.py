"""`ingest status`."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

import typer

from ingest.commands import Json
from ingest.settings import load_settings

NOT_WHOLE = 3


def status(
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Show one day's files, resource by event."),
    ] = None,
    client: Annotated[str | None, typer.Option(help="Show one client only.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Pretend that today is this date."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what has landed, waits, is missing or in quarantine, by client and day."""
    from ingest.ledger import read_state
    from ingest.standing import day_standings
    from ingest.status import calendar, day_facts, day_grid

    settings = load_settings()
    settle = timedelta(hours=settings.settle_hours)
    now = datetime.combine(as_of, time.max, tzinfo=UTC) if as_of else datetime.now(tz=UTC)
    state = read_state(settings.data / "ledger")
    days = [
        each
        for each in day_standings(state, now=now, settle=settle)
        if client in (None, each.delivery.client_guid)
        and (day is None or each.delivery.snapshot_date == day.date())
    ]
    alarms = sum(each.is_alarm for each in days)
    names = sorted(state.bad_names) if day is None and client is None else []
    if as_json:
        facts = [day_facts(each, with_landed=day is not None) for each in days]
        typer.echo(json.dumps({"days": facts, "bad_names": names, "alarms": alarms + len(names)}))
    elif not days and not names:
        typer.echo(f"nothing has come yet; {settings.data / 'ledger'} is empty")
    else:
        typer.echo("\n\n".join(map(day_grid, days)) if day else calendar(days, bad_names=names))
    if alarms or names:
        raise typer.Exit(NOT_WHOLE)
