"""`ingest env`: print the commands that set up a shell, as in `eval "$(ingest env)"`.

They hold no setting: `ingest` and `dbt` read `.env` whenever they are called.
"""

import json
import os
import shlex
import sys
from pathlib import Path

import typer

from ingest.commands.options import Json
from ingest.settings.env_file import ENV_FILE, env_file
from ingest.warehouse.dbt import PROJECT

BIN = Path(__file__).with_name("bin")
"""Holds a `dbt` that reads the settings."""


def env(as_json: Json = False) -> None:
    """Print commands that set up a shell: umask, PATH with dbt, dbt's project."""
    programs = f"{BIN}:{Path(sys.executable).parent}"
    variables = {
        ENV_FILE: str(env_file().absolute()),
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
    }
    if as_json:
        path = f"{programs}:{os.environ.get('PATH', os.defpath)}"
        typer.echo(json.dumps({"PATH": path} | variables))
        return
    typer.echo(f'umask 077\nexport PATH={shlex.quote(programs)}:"$PATH"')
    for name, value in variables.items():
        typer.echo(f"export {name}={shlex.quote(value)}")
