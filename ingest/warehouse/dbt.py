"""The paths of dbt and its project, the environment that dbt needs, and a run of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final, TextIO

PROJECT = Path(__file__).parents[2] / "dbt_project"
DBT = Path(sys.executable).with_name("dbt")
BUILD_COMMAND: Final = "just build" if PROJECT.with_name("justfile").exists() else "ingest build"
"""What messages tell a person to type: a recipe in a checkout, a command where the wheel is."""


def dbt_environment(data: Path, *, memory_bytes: int | None = None) -> dict[str, str]:
    """Make the variables that tell dbt where its project and the data folder are.

    Unit tests are left out: they are about the models, which `just test` proves, not about data.

    Args:
        memory_bytes: what DuckDB may use before it spills; 4 GB unless the environment says more.
    """
    memory = {"MX_BUILD_MEMORY": f"{memory_bytes}B"} if memory_bytes else {}
    written = data.absolute() / "dbt"
    return memory | {
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_TARGET_PATH": str(written / "target"),
        "DBT_LOG_PATH": str(written / "logs"),
        "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test",
        "MX_DATA": str(data.absolute()),
    }


def run_to_end(
    command: list[str], *, environment: dict[str, str], output: TextIO | None = None
) -> int:
    """Run a program to its end, in a process group of its own, and return its exit code.

    An interruption is for this process, which then ends the program and all that it started.
    """
    running = subprocess.Popen(  # noqa: S603 - own command
        command, env=environment, process_group=0, stdout=output
    )
    try:
        return running.wait()
    except KeyboardInterrupt:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        raise
