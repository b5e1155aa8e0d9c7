"""The programs that read or build warehouses: each in an environment of its own."""

import filecmp
import hashlib
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
SPARK: Final = "spark"
OTHER_ENGINES: Final = ("duckdb-1.5",)
NODE: Final = ROOT / ".venv-readers" / "node"
JARS: Final = ROOT / ".venv-readers" / "jars" / "jdbc"
DRIVERS: Final = {
    ROOT / "readers" / "node" / "package-lock.json": NODE / "installed.lock",
    ROOT / "readers" / "jdbc.jars": JARS / "installed.jars",
}
"""What names the drivers of Node and Java, and the copy of it beside the installed ones."""
PROGRAMS: Final = Path(__file__).with_name("programs")


def environment_folder(name: str) -> Path:
    return ROOT / f".venv-{name}" if name == SPARK else ROOT / ".venv-readers" / name


def missing_readers(
    *environments: str, programs: Sequence[str] = (), recipe: str = "readers"
) -> list[str]:
    """Name the environments that are not as their locks say, and programs that are not there."""
    absent = [f"{name} (just {recipe})" for name in environments if not _is_installed(name)]
    return absent + [name for name in programs if not shutil.which(name)]


def missing_drivers() -> list[str]:
    """Name the drivers of Node and Java that are not as `readers` says, and programs for them."""
    absent = [
        f"{lock.relative_to(ROOT)} (just readers)"
        for lock, installed in DRIVERS.items()
        if not _is_same(lock, installed)
    ]
    return absent + [name for name in ("node", "java") if not shutil.which(name)]


def _is_installed(name: str) -> bool:
    lock = ROOT / "readers" / f"{name}.lock"
    return _is_same(lock, environment_folder(name) / "installed.lock")


def _is_same(lock: Path, installed: Path) -> bool:
    return installed.exists() and filecmp.cmp(lock, installed, shallow=False)


def node_command(program: str, *args: object) -> list[str]:
    """Say how to run a text as a program of Node, where it finds its driver."""
    text = hashlib.sha256(program.encode()).hexdigest()[:12]
    path = NODE / f"{text}.mjs"
    path.write_text(program)
    return ["node", str(path), *map(str, args)]


def java_command(folder: Path, program: str, *args: object) -> list[str]:
    """Say how to run a text as a program of Java, with all drivers; `folder` keeps it."""
    path = folder / "Read.java"
    path.write_text(program)
    return ["java", "-cp", f"{JARS}/*", str(path), *map(str, args)]


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
