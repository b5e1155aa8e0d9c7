"""The examples of Dagster, Airflow and cron: each lands a sample and ends with a release."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.warehouse.dbt import PROJECT
from tests.readers.environments import ROOT, environment_folder, program_command
from tests.support.receiver import PASSPHRASE, Receiver

EXAMPLES = ROOT / "deploy" / "orchestrators"
PROGRAMS = Path(sys.executable).parent
Settings = dict[str, str]


@pytest.fixture
def settings(receiver_key: Receiver, tmp_path: Path) -> Settings:
    """What a worker has in its environment; a day of a sample is at the source."""
    made = {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "PYTHONPATH": f"{EXAMPLES}",
        "HOME": str(tmp_path),
        "MX_DATA": str(tmp_path / "data"),
        "MX_SOURCE": str(tmp_path / "source"),
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
    }
    sample = ["ingest", "sample", "--to", made["MX_SOURCE"], "--days=1", "--users=2"]
    subprocess.run(sample, env=made, cwd=tmp_path, check=True, capture_output=True)
    return made


def run(command: list[str], settings: Settings, **more: str) -> str:
    done = subprocess.run(
        command,
        env=settings | more,
        cwd=settings["HOME"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def last_line(text: str) -> Any:
    return json.loads(text.splitlines()[-1])


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if "__pycache__" not in path.parts}


def has_release(settings: Settings) -> bool:
    return (Path(settings["MX_DATA"]) / "serve" / "warehouse.duckdb").exists()


def test_the_job_of_dagster_makes_an_asset_of_each_model_and_ends_published(
    settings: Settings,
) -> None:
    before = files_below(PROJECT)

    done = last_line(run(program_command("dagster_job", environment="dagster"), settings))

    assert (done["success"], "is_everything_here" in done["failed"]) == (True, False)
    assert (done["assets"][0], done["assets"][-1]) == ("deliveries", "release")
    assert {"main/users", "state/state_users", "marts/net_worth_by_month"} <= set(done["assets"])
    assert has_release(settings)
    assert files_below(PROJECT) == before


def test_the_two_tasks_of_airflow_end_published(settings: Settings, tmp_path: Path) -> None:
    home = {
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(EXAMPLES),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
    }
    airflow = str(environment_folder("airflow") / "bin" / "airflow")
    run([airflow, "db", "migrate"], settings, **home)

    done = last_line(run(program_command("airflow_dag", environment="airflow"), settings, **home))

    assert done == {"success": True, "tasks": {"land": "success", "build": "success"}}
    assert has_release(settings)


@pytest.fixture
def cron(settings: Settings) -> Callable[..., str]:
    """Run the commands of the crontab one after the other; give all that they print."""

    def run_all(**more: str) -> str:
        lines = (EXAMPLES / "crontab").read_text().splitlines()
        found = [re.fullmatch(r"(?:\S+ ){5}mx-ingest (.+)", line) for line in lines]
        commands = [match[1] for match in found if match]
        assert len(commands) == 2
        return "".join(run(["sh", "-c", command], settings, **more) for command in commands)

    return run_all


def test_cron_mails_nothing_while_all_is_well_and_the_release_is_there(
    cron: Callable[..., str], settings: Settings
) -> None:
    assert cron() == ""
    assert has_release(settings)


def test_cron_mails_the_line_of_a_run_that_failed_and_nothing_is_built(
    cron: Callable[..., str], settings: Settings
) -> None:
    assert "source /nowhere: expected a folder to list" in cron(MX_SOURCE="/nowhere")
    assert not has_release(settings)
