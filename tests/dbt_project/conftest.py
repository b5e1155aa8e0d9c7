"""dbt over landings that tests wrote."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project import marts_cases, story, typing_cases, widening_cases
from tests.dbt_project.landing import Landing

PROJECT = Path(__file__).parents[2] / "dbt_project"
DBT = Path(sys.executable).with_name("dbt")
Warehouse = duckdb.DuckDBPyConnection


def run_dbt(command: str, *args: str, target: Path, cwd: Path, **places: Path) -> str:
    """Run dbt in a folder to a good end, and return what it printed."""
    call = dbt_call(command, *args, target=target, cwd=cwd, **places)
    done = subprocess.run(**call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return str(done.stdout)


def dbt_call(
    command: str,
    *args: str,
    target: Path,
    cwd: Path,
    data: Path | None = None,
    project: Path = PROJECT,
) -> dict[str, Any]:
    """Say how to call dbt; without a data folder it takes the one called data in its own."""
    environment = {name: value for name, value in os.environ.items() if name != "MX_DATA"}
    paths = ["--target-path", str(target), "--log-path", str(target)]
    return {
        "args": [DBT, "--no-use-colors", command, *paths, *args],
        "cwd": cwd,
        "env": environment
        | {"DBT_PROJECT_DIR": str(project), "DBT_PROFILES_DIR": str(project)}
        | ({"MX_DATA": str(data)} if data else {}),
    }


def compile_sql(text: str, *, cwd: Path) -> str:
    """Have dbt write a query out."""
    compiled = run_dbt(
        "compile", "--quiet", "--inline", text, "--output", "json", target=cwd / "target", cwd=cwd
    )
    return str(json.loads(compiled)["compiled"])


def open_warehouse(data: Path) -> Warehouse:
    warehouse = duckdb.connect(data / "warehouse.duckdb", read_only=True)
    warehouse.execute("set TimeZone = 'UTC'")
    return warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Build once what all of these tests read: their landings do not touch each other."""
    folder = tmp_path_factory.mktemp("warehouse")
    landing = Landing(folder / "data")
    typing_cases.land(landing)
    widening_cases.land(landing)
    marts_cases.land(landing)
    story.land(landing)  # it ends with a torn line
    run_dbt("run", target=folder / "target", cwd=folder)
    with open_warehouse(landing.data) as opened:
        yield opened
