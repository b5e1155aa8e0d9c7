"""Kill -9 at any instant: the next run ends with what an undisturbed run makes."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.chaos.conftest import Snapshot, Stage
from tests.chaos.victim import STEPS, WHEN

RANDOM_KILLS = int(os.environ.get("CHAOS_KILLS", "10"))
STARTS_WITHIN_S = 0.8

Recover = Callable[[Path], Snapshot]


def assert_only_whole_files_show(data: Path) -> None:
    """What a reader may see right after the kill: Parquet files that open, or none."""
    for path in (data / "landing").rglob("*"):
        if path.is_file():
            duckdb.read_parquet(str(path)).fetchall()


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", STEPS)
def test_a_run_killed_at_a_step_leaves_no_trace(
    stage: Stage, recover: Recover, tmp_path: Path, step: str, when: str
) -> None:
    data = tmp_path / "data"

    died = stage.start(data, step, when).wait()

    assert died == -9
    assert_only_whole_files_show(data)
    assert recover(data) == stage.expected


@pytest.mark.parametrize("seed", range(RANDOM_KILLS))
def test_a_run_killed_at_any_instant_leaves_no_trace(
    stage: Stage, recover: Recover, tmp_path: Path, seed: int
) -> None:
    data = tmp_path / "data"
    running = stage.start(data)
    time.sleep(random.Random(seed).uniform(0.2, STARTS_WITHIN_S + stage.seconds))  # noqa: S311
    running.kill()
    running.wait()

    assert_only_whole_files_show(data)
    assert recover(data) == stage.expected
