"""Print the commands that set up a shell for dbt: `eval "$(just env)"`.

They hold no setting: `ingest` and `dbt` read `.env` whenever they are called.
"""

import shlex
import sys
from pathlib import Path
from typing import Final

from ingest.settings.env_file import ENV_FILE, env_file
from ingest.settings.isolation import leave_no_core
from ingest.warehouse.dbt import PROJECT

BIN: Final = PROJECT.with_name("bin")
"""Holds a `dbt` that reads the settings."""


def main() -> None:
    leave_no_core()
    programs = f"{BIN}:{Path(sys.executable).parent}"
    variables = {
        ENV_FILE: env_file().absolute(),
        "DBT_PROJECT_DIR": PROJECT,
        "DBT_PROFILES_DIR": PROJECT,
    }
    lines = ["umask 077", f'export PATH={shlex.quote(programs)}:"$PATH"']
    lines += [f"export {name}={shlex.quote(str(path))}" for name, path in variables.items()]
    print("\n".join(lines))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
