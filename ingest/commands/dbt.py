"""`ingest dbt`: run dbt with the present settings; `dbt` in a shell of `ingest env` is this."""

import os

import typer

from ingest.commands.options import Json
from ingest.settings import Settings, load_settings

AS_JSON = ["--log-format", "json"]
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Settings of a command that gives the options that it does not know to dbt."""


def dbt(context: typer.Context, as_json: Json = False) -> None:
    """Run dbt with the present settings; all other arguments go to dbt."""
    from ingest.warehouse.dbt import DBT

    args = [*AS_JSON, *context.args] if as_json else context.args
    environment = typed_environment(load_settings())
    os.execve(DBT, [str(DBT), *args], environment)  # noqa: S606 - own command


def typed_environment(settings: Settings) -> dict[str, str]:
    """Make the environment of a dbt that a person calls, whose own `DBT_` variables count."""
    from ingest.settings.isolation import child_environment
    from ingest.warehouse.dbt import dbt_environment

    ours = dbt_environment(settings.data, memory_bytes=settings.build_memory)
    theirs = {name: value for name, value in os.environ.items() if name.startswith("DBT_")}
    given = child_environment("mask_key", "publish_password")  # a typed build publishes
    return given | ours | theirs
