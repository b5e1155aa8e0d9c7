"""Print what sets a shell up for dbt: `eval "$(just env)"`.

No setting is in it: `ingest` and `dbt` read `.env` when they are called, whenever it was written.
"""

import shlex
import sys
from pathlib import Path
from typing import Final

from ingest.settings.env_file import ENV_FILE, env_file
from ingest.settings.isolation import leave_no_core
from ingest.warehouse.dbt import PROJECT

BIN: Final = PROJECT.with_name("bin")
"""Has a `dbt` that knows the settings."""


def main() -> None:
    leave_no_core()
    programs = f"{BIN}:{Path(sys.executable).parent}"
    places = {
        ENV_FILE: env_file().absolute(),
        "DBT_PROJECT_DIR": PROJECT,
        "DBT_PROFILES_DIR": PROJECT,
    }
    print("umask 077")  # noqa: T201
    print(f'export PATH={shlex.quote(programs)}:"$PATH"')  # noqa: T201
    for name, place in places.items():
        print(f"export {name}={shlex.quote(str(place))}")  # noqa: T201


if __name__ == "__main__":
    main()
