"""A shell that `just env` has set up: whenever `.env` is written, `ingest` and `dbt` follow it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.warehouse.dbt import DBT, PROJECT
from tests.dbt_project.landing import Landing
from tests.front.machine import Done
from tests.support.built import land

SET_UP = f'eval "$("{sys.executable}" -m ingest env)"'


def shell(script: str, *, cwd: Path, **settings: str) -> Done:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    environment |= {"PYTHONPATH": str(PROJECT.parent)} | settings
    return subprocess.run(
        ["sh", "-c", script], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Something has landed where `.env` will say, and the shell begins elsewhere."""
    land(Landing(tmp_path / "bigdisk"), "users.created", "U1")
    (tmp_path / "sub").mkdir()
    return tmp_path


def test_an_env_file_that_is_written_later_counts(folder: Path) -> None:
    script = f"""
        {SET_UP}
        echo MX_DATA=bigdisk > .env
        cd sub
        umask
        ingest explain users U1
        dbt --quiet run --select ledger
    """

    done = shell(script, cwd=folder)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "0077\n"
    assert f"{folder / 'bigdisk' / 'warehouse.duckdb'}: expected a warehouse" in done.stderr
    assert (folder / "bigdisk" / "warehouse.duckdb").exists()
    assert (folder / "bigdisk" / "dbt" / "logs" / "dbt.log").exists()
    assert list((folder / "sub").iterdir()) == []


def test_dbt_that_does_not_know_the_settings_says_so_and_builds_nothing(folder: Path) -> None:
    (folder / ".env").write_text("MX_DATA=bigdisk\n")
    places = {"DBT_PROJECT_DIR": str(PROJECT), "DBT_PROFILES_DIR": str(PROJECT)}
    written = {"DBT_TARGET_PATH": str(folder / "t"), "DBT_LOG_PATH": str(folder / "t")}

    done = shell(f'"{DBT}" run --select ledger', cwd=folder, **places, **written)

    assert done.returncode != 0
    assert f"MX_DATA: expected {folder / 'bigdisk'}, as the settings say, found" in done.stderr
    assert not (folder / "data").exists()
