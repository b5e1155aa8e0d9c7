"""`ingest verify`."""

import json
from dataclasses import asdict

import typer

from ingest.commands import Json
from ingest.settings import load_settings

FAILED = 1


def verify(as_json: Json = False) -> None:
    """Replay all that has landed, and compare every table with the built one."""
    from ingest.verify import verify_warehouse

    settings = load_settings()
    compared, differing = verify_warehouse(settings.data, memory_bytes=settings.build_memory)
    if as_json:
        facts = {"tables": compared, "differing": [asdict(each) for each in differing]}
        typer.echo(json.dumps(facts))
    else:
        for each in differing:
            typer.echo(f"{each.table}: missing {each.missing}, extra {each.extra}")
        typer.echo(f"{compared - len(differing)} of {compared} tables are what a replay makes")
    if differing:
        raise typer.Exit(FAILED)
