"""`ingest report`: write the status page."""

import gc
import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from ingest.commands.options import AsOf, Json, moment
from ingest.settings import load_settings


def report(
    output: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The page; by default report.html in MX_DATA."),
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Write the status page; with --json print its facts instead."""
    gc.disable()  # it ends soon, and a fifth of its time would look for garbage
    from ingest.status.report.facts import gather
    from ingest.store.durable import write_in_place
    from ingest.store.index.catch_up import open_state
    from ingest.store.index.totals import count_settled
    from ingest.warehouse.readers import read_served

    settings = load_settings()
    with open_state(settings.data / "ledger") as state:
        facts = gather(
            state,
            now=moment(as_of),
            settle=timedelta(hours=settings.settle_hours),
            served=read_served(settings.data, landed_files=count_settled(state)[0]),
        )
    if as_json:
        typer.echo(json.dumps(asdict(facts), default=lambda day: day.isoformat()))
        return
    from ingest.status.report.page import render

    target = output or settings.data / "report.html"
    write_in_place(target, render(facts).encode())
    typer.echo(target)
