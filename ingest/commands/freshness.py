"""`ingest freshness`: check that every client's latest complete day is recent enough."""

import json
from collections.abc import Iterator
from pathlib import Path

import typer

from ingest.commands.dbt import AS_JSON, typed_environment
from ingest.commands.options import Json
from ingest.settings import load_settings


def freshness(context: typer.Context, as_json: Json = False) -> None:
    """Check that each client's latest complete day is recent; other options go to dbt."""
    from ingest.warehouse.database import expect_warehouse
    from ingest.warehouse.dbt import DBT, run_to_end

    settings = load_settings()
    expect_warehouse(settings.data / "warehouse.duckdb")  # dbt would make an empty one
    environment = typed_environment(settings)
    found = Path(environment["DBT_TARGET_PATH"], "sources.json")
    found.unlink(missing_ok=True)
    form = AS_JSON if as_json else ["--quiet", "--no-use-colors"]
    command = [str(DBT), *form, "source", "freshness", *context.args]
    code = run_to_end(command, environment=environment)
    if found.exists() and not as_json:
        typer.echo("\n".join(_describe(found)))
    raise typer.Exit(code)


def _describe(found: Path) -> Iterator[str]:
    """Say how old the day is: dbt with --quiet says nothing of a source that passes or warns."""
    for each in json.loads(found.read_text())["results"]:
        if ended := each.get("max_loaded_at"):
            hours = each["max_loaded_at_time_ago_in_s"] / 3600
            age = f"the latest complete day ended {hours:,.1f} hours ago, at {ended:.16} UTC"
            is_any = not ended.startswith("1970")
            yield f"{each['status']}: {age if is_any else 'a client has no complete day yet'}"
