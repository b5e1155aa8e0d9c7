"""`ingest report`: write the status page."""

import gc
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ingest.commands.options import AsOf, Json, moment
from ingest.settings import load_settings

if TYPE_CHECKING:
    from ingest.status.report.facts import Facts

PAGE: Final = "report.html"


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
    settings = load_settings()
    facts = read_facts(
        settings.data,
        now=moment(as_of),
        settle=timedelta(hours=settings.settle_hours),
        client_names=settings.client_names,
    )
    if as_json:
        typer.echo(json.dumps(asdict(facts), default=lambda day: day.isoformat()))
        return
    typer.echo(write_page(facts, output or settings.data / PAGE))


def read_facts(
    data: Path, *, now: datetime, settle: timedelta, client_names: Mapping[str, str]
) -> "Facts":
    """Read all that a report tells of a data folder."""
    from ingest.status.report.facts import gather
    from ingest.store.index.catch_up import open_state
    from ingest.store.index.totals import count_settled
    from ingest.warehouse.readers import read_served

    with open_state(data / "ledger") as state:
        served = read_served(data, landed_files=count_settled(state)[0])
        return gather(state, now=now, settle=settle, served=served, client_names=client_names)


def write_page(facts: "Facts", target: Path) -> Path:
    """Write the page at once, for its owner alone."""
    from ingest.status.report.page import render
    from ingest.store.durable import write_in_place

    write_in_place(target, render(facts).encode())
    return target
