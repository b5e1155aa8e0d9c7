"""Build the warehouse with dbt, alone in the data folder: `just build`."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from ingest.cli import PRIVATE, fail_on_error
from ingest.dbt import DBT, dbt_environment
from ingest.lock import run_lock
from ingest.settings import load_settings


def build_warehouse(data: Path, *, dbt_args: list[str], memory_bytes: int | None = None) -> int:
    """Run `dbt build` and return its exit code.

    Raises:
        LockError: an ingest or another build is at work in the data folder.
    """
    run_id = f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-build"
    command = [str(DBT), "build", *dbt_args]
    with run_lock(data, run_id=run_id):
        environment = os.environ | dbt_environment(data, memory_bytes=memory_bytes)
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


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
