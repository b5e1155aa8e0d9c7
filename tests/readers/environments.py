"""The programs that read or build warehouses: each in an environment of its own."""

import filecmp
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ENGINES: Final = ("duckdb-1.4", "notebook")
METRICS: Final = "metrics"
SUPERSET: Final = "superset"
ORCHESTRATORS: Final = ("dagster", "airflow")
SAIL: Final = "sail"
SPARK: Final = "spark"
OTHER_ENGINES: Final = (SAIL, "duckdb-1.5")
PROGRAMS: Final = Path(__file__).with_name("programs")


def environment_folder(name: str) -> Path:
    return ROOT / f".venv-{name}" if name in (SAIL, SPARK) else ROOT / ".venv-readers" / name


def missing_readers(
    *environments: str, programs: Sequence[str] = (), recipe: str = "readers"
) -> list[str]:
    """Name the environments that are not as their locks say, and programs that are not there."""
    absent = [f"{name} (just {recipe})" for name in environments if not _is_installed(name)]
    return absent + [name for name in programs if not shutil.which(name)]


def _is_installed(name: str) -> bool:
    installed = environment_folder(name) / "installed.lock"
    lock = ROOT / "readers" / f"{name}.lock"
    return installed.exists() and filecmp.cmp(lock, installed, shallow=False)


def program_command(name: str, *args: object, environment: str) -> list[str]:
    """Say how to run one of the programs beside this file with an environment's own Python."""
    python = environment_folder(environment) / "bin" / "python"
    return [str(python), str(PROGRAMS / f"{name}.py"), *map(str, args)]


def run_program(name: str, *args: object, environment: str) -> str:
    """Run a program to a good end and return what it printed."""
    command = program_command(name, *args, environment=environment)
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=clean_environment(), timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a reader: nothing of this project."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | more
