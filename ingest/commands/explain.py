"""`ingest explain`: list the events of one record."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ingest.commands.options import Json
from ingest.settings import load_settings
from ingest.warehouse.dbt import PROJECT


def explain(
    resource: Annotated[
        str, typer.Argument(metavar="RESOURCE", help="For example users or accounts.")
    ],
    guid: Annotated[str, typer.Argument(metavar="GUID", help="The record's key.")],
    as_json: Json = False,
) -> None:
    """List the events, files and changes of one record.

    The last line says why the record is, or is not, in the current table.
    """
    from ingest.warehouse.models.explain import explain_record

    lives = explain_record(
        resource, guid, warehouse=load_settings().data / "warehouse.duckdb", project=PROJECT
    )
    if as_json:
        typer.echo(json.dumps([asdict(life) for life in lives], default=str))
        return
    for life in lives:
        typer.echo(f"{resource} {guid} of {life.client_guid}")
        for event in life.events:
            line = f"line {event.manifest_line}" if event.manifest_line else "no line"
            typer.echo(f"\n{event.snapshot_date} {event.event}: row {event.row_number} of")
            typer.echo(f"  {event.source_file}, {line} of the manifest")
            typer.echo(f"  sha256 {event.source_sha256}")
            for name, (old, new) in event.changed.items():
                typer.echo(f"    {name}: {new if old is None else f'{old} -> {new}'}")
        typer.echo(f"\n{'in' if life.is_shown else 'not in'} main.{resource}: {life.why}\n")
