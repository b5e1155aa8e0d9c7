"""Run dbt with the present settings: `dbt` in a shell of `just env`."""

import os
import sys

from ingest.commands.app import fail_on_error
from ingest.settings import load_settings
from ingest.settings.isolation import child_environment, leave_no_core
from ingest.warehouse.dbt import DBT, dbt_environment


def main() -> None:
    leave_no_core()
    with fail_on_error():
        settings = load_settings()
        ours = dbt_environment(settings.data, memory_bytes=settings.build_memory)
        theirs = {name: value for name, value in os.environ.items() if name.startswith("DBT_")}
        given = child_environment(knows="mask_key")  # a typed build publishes
        os.execve(DBT, [str(DBT), *sys.argv[1:]], given | ours | theirs)  # noqa: S606 - own command


if __name__ == "__main__":
    main()
