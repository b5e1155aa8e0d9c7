"""Build the warehouse with dbt, alone in the data folder: `just build`."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ingest.built import fingerprint, is_built, remember_build
from ingest.cli import PRIVATE, fail_on_error
from ingest.dbt import DBT, dbt_environment
from ingest.lock import run_lock
from ingest.settings import load_settings

UNCHANGED: Final = "nothing has landed or changed since the last build: the tables are up to date"
QUIET: Final = "--quiet"


def build_warehouse(data: Path, *, dbt_args: list[str], memory_bytes: int | None = None) -> int:
    """Run `dbt build` and return its exit code; 0 at once where the last build was of the same.

    Args:
        dbt_args: with any but --quiet dbt is run whatever there is to build.

    Raises:
        LockError: an ingest or another build is at work in the data folder.
    """
    run_id = f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-build"
    warehouse, is_whole = data / "warehouse.duckdb", not set(dbt_args) - {QUIET}
    with run_lock(data, run_id=run_id):
        found = fingerprint(data)
        if is_whole and is_built(warehouse, of=found):
            if QUIET not in dbt_args:
                print(UNCHANGED)  # noqa: T201
            return 0
        code = _run_dbt(dbt_args, environment=dbt_environment(data, memory_bytes=memory_bytes))
        if is_whole and code == 0:
            remember_build(warehouse, of=found)
        return code


def _run_dbt(dbt_args: list[str], *, environment: dict[str, str]) -> int:
    command = [str(DBT), "build", *dbt_args]
    return subprocess.run(command, env=os.environ | environment, check=False).returncode  # noqa: S603


def main() -> None:
    os.umask(PRIVATE)
    with fail_on_error():
        settings = load_settings()
        code = build_warehouse(
            settings.data, dbt_args=sys.argv[1:], memory_bytes=settings.build_memory
        )
        raise SystemExit(code)


if __name__ == "__main__":
    main()
