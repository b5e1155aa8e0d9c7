"""`ingest status`: show the state of every delivery."""

import gc
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands.exit_codes import INCOMPLETE
from ingest.commands.options import AsOf, Json, date_option, moment
from ingest.errors import SettingsError
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from ingest.status.overview import Overview
    from ingest.store.index.state import LedgerState

EVERYONE_READS = 0o644


def status(
    day: Annotated[
        datetime | None, date_option("Show the files of one day, by resource and event.")
    ] = None,
    client: Annotated[
        str | None, typer.Option(metavar="CLIENT", help="Show this client only.")
    ] = None,
    as_of: AsOf = None,
    prometheus: Annotated[
        bool, typer.Option("--prometheus", help="Print metrics, and exit with 0.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write the metrics to this file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show landed, waiting, missing and quarantined files by day."""
    gc.disable()  # it ends soon, and a fifth of its time would look for garbage
    from ingest.status.lookup import find_client
    from ingest.status.overview import overview
    from ingest.store.index.catch_up import open_state

    is_about_part = bool(day or client or as_json)
    _check_options(prometheus=prometheus, output=output, is_about_part=is_about_part)
    settings, now = load_settings(), moment(as_of)
    with open_state(settings.data / "ledger") as state:
        seen = overview(
            state,
            now=now,
            settle=timedelta(hours=settings.settle_hours),
            client=find_client(client, state=state) if client else None,
            day=day.date() if day else None,
            with_given_up=as_json,
        )
        if prometheus:
            _write_metrics(seen, state, settings, now=now, output=output)
            return
    if as_json:
        typer.echo(json.dumps(seen.facts(with_landed=day is not None), default=str))
    else:
        _show(seen, settings, now=now, day=day.date() if day else None)
    if seen.alarms:
        raise typer.Exit(INCOMPLETE)


def _check_options(*, prometheus: bool, output: Path | None, is_about_part: bool) -> None:
    if prometheus and is_about_part:
        raise SettingsError("--prometheus: expected no --day, --client or --json with it")
    if output and not prometheus:
        raise SettingsError("--output: expected --prometheus with it; a page is: ingest report")


def _show(seen: "Overview", settings: Settings, *, now: datetime, day: date | None) -> None:
    from ingest.settings.client_names import name_clients
    from ingest.status.as_text import calendar, day_text, erasure_line, failing_lines
    from ingest.status.overview import last_line

    has_come = seen.days or seen.bad_names
    parts = []
    if not has_come and day:
        parts.append(f"{day}: nothing has come, and nothing is due; see: ingest status")
    elif not has_come:
        parts.append(f"nothing has come yet; {settings.data / 'ledger'} has no file or manifest")
    elif day:
        parts += map(day_text, seen.days)
    else:
        parts.append(calendar(seen.days, bad_names=seen.bad_names))
    if seen.failing:
        parts.append(failing_lines(seen.failing, now=now))
    parts += map(erasure_line, seen.erasures)
    if has_come or seen.failing:
        parts.append(last_line(seen))
    typer.echo(name_clients("\n\n".join(parts), settings.client_names))


def _write_metrics(
    seen: "Overview",
    state: "LedgerState",
    settings: Settings,
    *,
    now: datetime,
    output: Path | None,
) -> None:
    from ingest.status.prometheus import write_metrics
    from ingest.store.durable import write_in_place
    from ingest.store.index.totals import count_settled
    from ingest.warehouse.readers import read_served

    text = write_metrics(
        seen,
        served=read_served(settings.data, landed_files=count_settled(state)[0]),
        began_at=state.meta.began_at,
        succeeded_at=state.meta.succeeded_at,
        now=now,
        client_names=settings.client_names,
    )
    if output:
        write_in_place(output, text.encode(), mode=EVERYONE_READS)
    else:
        typer.echo(text, nl=False)
