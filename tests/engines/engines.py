"""dbt in each engine's own environment."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.readers.environments import ROOT, clean_environment, environment_folder

PROJECT: Final = ROOT / "dbt_project"
OWN: Final = Path(sys.executable).parent
"""The environment of the project itself, with the DuckDB that it requires."""


def programs_of(environment: str) -> Path:
    return environment_folder(environment) / "bin"


def run_dbt(
    command: str,
    *args: str,
    programs: Path,
    data: Path,
    project: Path = PROJECT,
    **variables: str,
) -> str:
    """Run dbt over a data folder to a good end, and return what it printed."""
    written = data.parent / "dbt"
    settings = {
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(project),
        "DBT_TARGET_PATH": str(written),
        "DBT_LOG_PATH": str(written),
        "MX_DATA": str(data),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [programs / "dbt", "--no-use-colors", command, *args],
        env=clean_environment(**settings, **variables),
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
