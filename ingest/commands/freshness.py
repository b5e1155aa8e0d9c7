"""`ingest freshness`: check that every client's latest complete day is recent enough."""

import typer

from ingest.commands.dbt import AS_JSON, run_dbt
from ingest.commands.options import Json


def freshness(context: typer.Context, as_json: Json = False) -> None:
    """Check that each client's latest complete day is recent; other options go to dbt."""
    form = AS_JSON if as_json else ["--quiet", "--no-use-colors"]
    run_dbt([*form, "source", "freshness", *context.args])
