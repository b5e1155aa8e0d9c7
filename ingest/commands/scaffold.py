"""`ingest scaffold`: write the models of a new resource."""

import json
from typing import Annotated

import typer

from ingest.commands.options import Json
from ingest.settings import load_settings
from ingest.warehouse.dbt import BUILD_COMMAND, PROJECT


def scaffold(
    resource: Annotated[
        str, typer.Argument(metavar="RESOURCE", help="A landed resource without models.")
    ],
    as_json: Json = False,
) -> None:
    """Write the models of a new resource, as a diff to review."""
    from ingest.warehouse.models.scaffold import add_models, read_new_resource

    new = read_new_resource(resource, warehouse=load_settings().data / "warehouse.duckdb")
    written = [str(path) for path in add_models(new, project=PROJECT)]
    if as_json:
        typer.echo(json.dumps({"resource": resource, "files": written}))
    else:
        next_step = f"fill in descriptions and privacy, then: git diff && {BUILD_COMMAND}"
        typer.echo("\n".join([*written, next_step]))
