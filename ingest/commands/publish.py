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
    to: Annotated[
        str,
        typer.Option(metavar="URL", help="Show it in postgresql://user@host/database, too."),
    ] = "",
    full: Annotated[
        bool, typer.Option("--full", help="Show personal data there, not the masked release.")
    ] = False,
    reader: Annotated[
        str, typer.Option(metavar="ROLE", help="Let this role of PostgreSQL read it.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Release the built and tested warehouse, all tables at once."""
    from ingest.warehouse.publish import release as engine
    from ingest.warehouse.publish.serving import read_serving

    settings = load_settings()
    serving = read_serving(settings, to=to, is_full=full, reader=reader)
    act = engine.roll_back if rollback else engine.publish
    published = act(settings.data, serving=serving)
    typer.echo(json.dumps(published.facts()) if as_json else published.text())
