"""`ingest build`: build the warehouse and publish it, if anything is new."""

from typing import Annotated

import typer

from ingest.commands.options import Json
from ingest.settings import load_settings


def build(
    context: typer.Context,
    no_publish: Annotated[
        bool, typer.Option("--no-publish", help="Keep the release that readers see.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Build and publish the warehouse if anything is new; other options go to dbt build."""
    from ingest.warehouse.build.dbt_build import build_warehouse
    from ingest.warehouse.publish.serving import read_serving

    settings = load_settings()
    code = build_warehouse(
        settings.data,
        dbt_args=context.args,
        memory_bytes=settings.build_memory,
        serving=None if no_publish else read_serving(settings),
        as_json=as_json,
    )
    raise typer.Exit(code)
