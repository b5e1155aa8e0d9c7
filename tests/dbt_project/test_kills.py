"""A build may be killed at any instant: the next one ends in the tables of an undisturbed one."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from ingest.warehouse.dbt import DBT, dbt_environment
from tests.dbt_project.landing import Landing
from tests.dbt_project.test_laws import every_table
from tests.dbt_project.worlds import draw_waves
from tests.support.built import copy_of, just_build, make_built, users

KILLS = int(os.environ.get("CHAOS_KILLS_OF_BUILDS", "4"))
LONGEST_S = 12.0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_built(tmp_path_factory.mktemp("kills"))


def land_wave(landing: Landing) -> None:
    """Land what a client's days hold, some of it twice, over what was built."""
    for wave in draw_waves(random.Random(11), clients=3, waves=2):  # noqa: S311 - repeatable
        for arrival in wave:
            arrival.land(landing)


def kill_after(seconds: float, data: Path) -> int:
    """Start dbt and kill it, unless it is done by then; returns its exit code."""
    environment = os.environ | dbt_environment(data)
    command = [str(DBT), "--quiet", "build"]
    with subprocess.Popen(command, env=environment, process_group=0) as building:
        try:
            return building.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(building.pid, signal.SIGKILL)
            return building.wait()


def test_a_build_after_kills_ends_as_if_there_had_been_none(built: Path, tmp_path: Path) -> None:
    disturbed, undisturbed = (copy_of(built, tmp_path / name) for name in ("killed", "not"))
    for landing in (disturbed, undisturbed):
        land_wave(landing)
    began = time.monotonic()
    assert just_build(undisturbed.data, "--quiet").returncode == 0
    longest = min(LONGEST_S, time.monotonic() - began)
    chance = random.Random(7)  # noqa: S311 - repeatable

    killed = [kill_after(chance.uniform(2, longest), disturbed.data) for _ in range(KILLS)]

    assert -signal.SIGKILL in killed
    assert users(disturbed.data)  # readers have a release all the time
    assert just_build(disturbed.data, "--quiet").returncode == 0
    assert every_table(disturbed.data) == every_table(undisturbed.data)
