"""`ingest release`."""

import json
from typing import Annotated

import typer

from ingest.commands import Json
from ingest.settings import load_settings

NOT_WHOLE = 3


def release(
    give_up: Annotated[
        list[str] | None,
        typer.Option(
            "--give-up",
            metavar="NAME",
            help="A file, a day (2026-01-31, CLT-.../2026-01-31) or a client that never comes.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check quarantined files again and land those that now pass, or give up what never comes."""
    from ingest import pipeline
    from ingest.commands.bar import progress_bar
    from ingest.commands.receiver import open_keyring, read_rules

    settings = load_settings(*([] if give_up else ["gnupghome"]))
    rules = read_rules(settings)
    if give_up:
        summary = pipeline.give_up(give_up, data=settings.data, rules=rules)
    else:
        keyring = open_keyring(settings)
        with progress_bar() as progress:
            summary = pipeline.release(
                data=settings.data, keyring=keyring, rules=rules, progress=progress
            )
    typer.echo(json.dumps(summary.facts()) if as_json else summary.text())
    if summary.alarms:
        raise typer.Exit(NOT_WHOLE)
