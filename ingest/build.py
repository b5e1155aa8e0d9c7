"""Build the warehouse with dbt, alone in the data folder: `just build`."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from ingest.cli import PRIVATE, fail_on_error
from ingest.lock import run_lock
from ingest.settings import load_settings

PROJECT = Path(__file__).parents[1] / "dbt_project"


def dbt_environment(data: Path) -> dict[str, str]:
    """Say in variables where dbt finds its project and the data folder.

    Unit tests are left out: they are about the models, which `just test` proves, not about data.
    """
    return {
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test",
        "MX_DATA": str(data.absolute()),
    }


def build_warehouse(data: Path, *, dbt_args: list[str]) -> int:
    """Run `dbt build` and return its exit code.

    Raises:
        LockError: an ingest or another build is at work in the data folder.
    """
    run_id = f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-build"
    command = [str(Path(sys.executable).with_name("dbt")), "build", *dbt_args]
    with run_lock(data, run_id=run_id):
        environment = os.environ | dbt_environment(data)
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def main() -> None:
    os.umask(PRIVATE)
    with fail_on_error():
        raise SystemExit(build_warehouse(load_settings().data, dbt_args=sys.argv[1:]))


if __name__ == "__main__":
    main()
