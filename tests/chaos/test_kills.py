"""Kill -9 at any instant: the next run ends with what an undisturbed run makes."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ingest.openpgp.keyring import Keyring
from ingest.warehouse.replay import verify_files
from tests.chaos.conftest import Snapshot, Stage, run_once
from tests.chaos.victim import REPAIR_STEPS, SET_ASIDE_STEPS, STEPS, WHEN
from tests.conftest import quarantine_reasons
from tests.landing.test_stored_files import forget_hashes
from tests.support.ledger import read_state
from tests.support.sender import CLIENT, DAY

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


@pytest.mark.parametrize("is_given_again", [False, True], ids=["run", "again"])
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", SET_ASIDE_STEPS)
def test_setting_aside_that_is_killed_at_a_step_is_ended_by_the_next_run(
    stage: Stage, recover: Recover, tmp_path: Path, step: str, when: str, is_given_again: bool
) -> None:
    """A file without its record is never missing; with its record it is out after the next run."""
    data, name = tmp_path / "data", f"{CLIENT}.{DAY}.users.created"
    landed = data / f"landing/resource=users/event=created/date={DAY}/{CLIENT}.parquet"
    command = ("release", "--set-aside", name)

    died = stage.start(data, step, when, *command).wait()

    assert died == -9
    is_recorded = bool(read_state(data / "ledger").set_aside)
    assert is_recorded == ((step, when) != ("record what is set aside", "before"))
    assert is_recorded or landed.exists()
    if is_given_again:
        environment = stage.settings | {"MX_DATA": str(data)}
        again = subprocess.run([sys.executable, "-m", "ingest", *command], env=environment)
        assert again.returncode == 3
    else:
        recover(data)
    is_out = is_recorded or is_given_again
    assert landed.exists() != is_out
    assert (quarantine_reasons(data).get(f"{name}.avro.pgp") == "set_aside") == is_out


@pytest.mark.parametrize("has_hash", [True, False], ids=["hashed", "of an older version"])
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", REPAIR_STEPS)
def test_a_repair_that_is_killed_at_a_step_is_ended_by_the_next(
    stage: Stage, recover: Recover, tmp_path: Path, step: str, when: str, has_hash: bool
) -> None:
    data = tmp_path / "data"
    shutil.copytree(stage.before, data, copy_function=shutil.copy2)
    if not has_hash:
        forget_hashes(data)
    [landed] = data.glob("landing/resource=users/event=created/*/*")
    landed.write_bytes(landed.read_bytes()[:-9])
    command = [sys.executable, "-m", "ingest", "verify", "--repair"]
    environment = stage.settings | {"MX_DATA": str(data)}

    shutil.move(data, tmp_path / "damaged")
    died = replace(stage, before=tmp_path / "damaged").start(data, step, when, *command[3:]).wait()
    again = subprocess.run(command, env=environment, check=False)

    assert (died, again.returncode) == (-9, 0)
    assert verify_files(data).damaged == []
    assert without_ledger(recover(data)) == without_ledger(stage.expected)


def without_ledger(found: Snapshot) -> Snapshot:
    """A ledger of an older version still lacks most of its hashes."""
    return {name: known for name, known in found.items() if name != "the ledger"}


def test_what_a_killed_run_had_archived_is_not_lost_with_its_source(
    stage: Stage, keyring: Keyring, tmp_path: Path
) -> None:
    data, empty = tmp_path / "data", tmp_path / "empty"
    empty.mkdir()
    stage.start(data, "put into the archive", "after").wait()
    archived = {path.name for path in (data / "archive").rglob("CLT-*.pgp")}

    run_once(empty, data=data, keyring=keyring)

    assert archived <= read_state(data / "ledger").versions.keys()


@pytest.mark.parametrize("limit", [200, 2_000, 4_000])
def test_a_disk_that_takes_no_more_is_told_and_leaves_no_trace(
    stage: Stage, recover: Recover, tmp_path: Path, limit: int
) -> None:
    data = tmp_path / "data"
    shutil.copytree(stage.before, data, copy_function=shutil.copy2)
    read_state(data / "ledger")  # the index of a copy is made anew, which is not tested here

    full = subprocess.run(
        ["prlimit", f"--fsize={limit}", sys.executable, "-m", "ingest", "run"],
        env=stage.settings | {"MX_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (full.returncode, "File too large" in full.stderr.splitlines()[-1]) == (1, True)
    assert recover(data) == stage.expected


def test_a_disk_that_takes_no_more_of_the_index_is_told_and_leaves_no_trace(
    stage: Stage, recover: Recover, tmp_path: Path
) -> None:
    """The records reach the disk; the index, which is larger, does not."""
    data = tmp_path / "data"
    shutil.copytree(stage.before, data, copy_function=shutil.copy2)
    read_state(data / "ledger")  # the index of a copy is made anew, which is not tested here

    full = subprocess.run(
        ["prlimit", "--fsize=30000", sys.executable, "-m", "ingest", "run"],
        env=stage.settings | {"MX_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )

    index = data / "ledger" / "index.sqlite"
    assert full.returncode == 1
    assert f"{index}: expected to read and write it, found " in full.stderr.splitlines()[-1]
    assert "Traceback" not in full.stderr
    failing = read_state(data / "ledger").failing
    assert failing
    assert f"{index}: expected to read and write it" in failing.line
    assert recover(data) == stage.expected


def test_of_two_runs_at_once_one_does_the_work(
    stage: Stage, recover: Recover, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    runs = [stage.start(data), stage.start(data)]

    codes = sorted(running.wait() for running in runs)

    assert codes in ([1, 3], [3, 3])
    assert recover(data) == stage.expected


@pytest.mark.parametrize("seed", range(RANDOM_KILLS))
def test_a_run_killed_at_any_instant_leaves_no_trace(
    stage: Stage, recover: Recover, tmp_path: Path, seed: int
) -> None:
    data = tmp_path / "data"
    running = stage.start(data)
    chance = random.Random(seed)  # noqa: S311 - repeatable
    time.sleep(chance.uniform(0.2, STARTS_WITHIN_S + stage.seconds))
    running.kill()
    running.wait()

    assert_only_whole_files_show(data)
    assert recover(data) == stage.expected
