"""A landing that is built and published once, for many tests that change a copy of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingest.warehouse.build.dbt_build import build_warehouse
from ingest.warehouse.dbt import DBT, dbt_environment
from tests.dbt_project.landing import Landing, daily_file
from tests.warehouse.publish.warehouse import serving

Done = subprocess.CompletedProcess[str]


def make_built(folder: Path) -> Path:
    """Build and publish two users and a tag."""
    landing = Landing(folder / "data")
    land(landing, "users.created", "U1", "U2")
    land(landing, "tags.created", "T1")
    assert build_warehouse(landing.data, dbt_args=["--quiet"], serving=serving()) == 0
    return landing.data


def copy_of(built: Path, folder: Path) -> Landing:
    """Copy a data folder: its landing can go on from there."""
    data = shutil.copytree(built, folder / "data", symlinks=True)
    return Landing(data, records=len((data / "ledger" / "2026-02.jsonl").read_text().splitlines()))


def land(landing: Landing, name: str, *guids: str, day: int = 1) -> Path:
    """Land keys as one file, and return where it lies."""
    file = daily_file(name, day=day)
    schema = {"guid": pa.string(), "user_guid": pa.string()}
    landing.land(file, [{"guid": guid} for guid in guids], schema=schema)
    [path] = landing.data.glob(
        f"landing/resource={file.resource}/event={file.event}/date=2026-01-{day:02}/*"
    )
    return path


def just_build(data: Path, *args: str) -> Done:
    """Run `just build` as a program."""
    environment = os.environ | {"MX_DATA": str(data), "MX_MASK_KEY": "a key of the tests alone"}
    command = [sys.executable, "-m", "ingest", "build", *args]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def typed_dbt(data: Path, *args: str, shell: str = 'exec "$@"') -> Done:
    """Run dbt as in a shell that `just env` has set up."""
    environment = os.environ | dbt_environment(data)
    command = ["sh", "-c", shell, "sh", str(DBT), "--no-use-colors", *args]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def nodes_run(data: Path) -> set[str]:
    """Name the models and tests that dbt ran last."""
    results = json.loads((data / "dbt" / "target" / "run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[2] for result in results}


def ask(data: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as warehouse:
        return warehouse.execute(query).fetchall()


def ask_release(data: Path, query: str) -> list[tuple[Any, ...]]:
    path = (data / "serve" / "warehouse.duckdb").resolve()
    with duckdb.connect(str(path), read_only=True) as release:
        return release.execute(query).fetchall()


def users(data: Path) -> list[str]:
    """Name the users that readers see."""
    rows = ask_release(data, "select guid from main.users order by guid")
    return [guid for (guid,) in rows]
