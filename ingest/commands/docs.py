"""`ingest docs`: describe all tables of the warehouse on one page."""

import json

import typer

from ingest.commands.options import Json
from ingest.settings import load_settings


def docs(as_json: Json = False) -> None:
    """Write a page that describes every table and column."""
    from ingest.warehouse.models.docs import write_docs

    page = str(write_docs(load_settings().data))
    typer.echo(json.dumps({"page": page}) if as_json else page)
