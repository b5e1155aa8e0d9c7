"""`ingest publish`: make a release of the warehouse for its readers."""

import json
from typing import Annotated

import typer

from ingest.commands.options import Json
from ingest.settings import load_settings


def publish(
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Go back to the previous release.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Release the built and tested warehouse, all tables at once."""
    from ingest.warehouse.publish import release as engine
    from ingest.warehouse.publish.serving import read_serving

    settings = load_settings()
    if rollback:
        published = engine.roll_back(settings.data)
    else:
        published = engine.publish(settings.data, serving=read_serving(settings))
    typer.echo(json.dumps(published.facts()) if as_json else published.text())
