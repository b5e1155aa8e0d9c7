"""A report says what readers have: whether the last build was complete, and how old it is."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest.status.report.facts import Facts
from ingest.status.report.page import render
from ingest.status.report.readers import Served
from ingest.warehouse.publish.release import roll_back
from ingest.warehouse.readers import read_served
from tests.dbt_project.landing import Landing
from tests.support.built import ask, copy_of, just_build, land, make_built
from tests.support.ledger import facts_of as gather_facts
from tests.support.ledger import read_state

HOLD = """
import duckdb, sys, time
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
time.sleep(60)
"""
GREEN = "Everything due so far has arrived complete"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two builds, each published."""
    data = make_built(tmp_path_factory.mktemp("served"))
    landing = copy_of(data, data.parent / "more")
    land(landing, "users.created", "U3", day=2)
    assert just_build(landing.data, "--quiet").returncode == 0
    return landing.data


@pytest.fixture
def landing(built: Path, tmp_path: Path) -> Landing:
    return copy_of(built, tmp_path)


def served(data: Path) -> Served:
    return read_served(data, landed_files=len(read_state(data / "ledger").landed))


def facts_of(data: Path) -> Facts:
    return gather_facts(
        data / "ledger",
        now=datetime.now(tz=UTC) + timedelta(hours=5, minutes=1),
        settle=timedelta(hours=6),
        served=served(data),
    )


def test_readers_of_the_last_build_have_all(landing: Landing) -> None:
    found = served(landing.data)

    [(finished_at,)] = ask(landing.data, "select finished_at from ops.finished")
    assert found == Served(finished_at=finished_at, release=2, built_at=finished_at)
    assert found.is_well
    page = render(facts_of(landing.data))
    assert "Release 2, of the build that was complete 5 hours ago" in page


def test_a_landed_file_waits_for_a_build_and_one_without_rows_does_not(landing: Landing) -> None:
    land(landing, "tags.created", "T9", day=2)
    land(landing, "goals.created", day=2)

    found = served(landing.data)

    assert (found.files_to_build, found.is_well) == (1, False)
    page = render(facts_of(landing.data))
    assert '1 landed file waits for a build: <code class="do">just build</code>' in page
    assert GREEN not in page


def test_a_build_that_failed_says_why(landing: Landing) -> None:
    path = land(landing, "users.created", "U4", day=3)
    path.write_bytes(b"torn")
    assert just_build(landing.data).returncode == 1

    found = served(landing.data)

    inner = path.relative_to(landing.data)
    assert (found.finished_at, found.release, found.files_to_build) == (None, 2, 1)
    assert found.problems[0].startswith(f"{inner}: expected a Parquet file that can be read")
    assert "ingest verify --repair" in render(facts_of(landing.data))
    [test] = [problem for problem in found.problems if "expected to pass" in problem]
    assert "left_out_files" in test


def test_a_build_of_a_part_is_not_complete(landing: Landing) -> None:
    land(landing, "users.created", "U4", day=3)
    assert just_build(landing.data, "--select", "+state_users", "+unknown_owners").returncode == 0

    found = served(landing.data)

    assert found.problems == ["the last build was stopped, or left something out"]


def test_an_earlier_release_is_not_the_last_build(landing: Landing) -> None:
    roll_back(landing.data)

    found = served(landing.data)

    assert (found.release, found.is_current, found.is_well) == (1, False, False)
    assert 'not the last build: <code class="do">ingest publish</code>' in render(
        facts_of(landing.data)
    )


def remove_warehouse(data: Path) -> None:
    (data / "warehouse.duckdb").unlink()


def break_warehouse(data: Path) -> None:
    (data / "warehouse.duckdb").write_bytes(b"?" * 9999)


def break_link(data: Path) -> None:
    (data / "serve" / "current").unlink()
    (data / "serve" / "current").symlink_to("releases/word")


def replace_link(data: Path) -> None:
    (data / "serve" / "current").unlink()
    (data / "serve" / "current").mkdir()


def remove_release(data: Path) -> None:
    (data / "serve" / "releases" / "2" / "warehouse.duckdb").unlink()


def empty_warehouse(data: Path) -> None:
    remove_warehouse(data)
    duckdb.connect(str(data / "warehouse.duckdb")).close()


DAMAGES: dict[Callable[[Path], None], str] = {
    remove_warehouse: "warehouse.duckdb: expected a warehouse, found none; build with: just build",
    break_warehouse: "warehouse.duckdb: expected to read it, found ",
    empty_warehouse: "warehouse.duckdb: expected to read it, found ",
    break_link: "serve/current: expected a link to a release, found word",
    replace_link: "serve/current: expected a link to a release, found no link",
    remove_release: "2/warehouse.duckdb: expected to read it, found ",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_what_cannot_be_read_is_said_on_a_line(
    landing: Landing, damage: Callable[[Path], None]
) -> None:
    damage(landing.data)

    found = served(landing.data)

    [problem] = found.problems
    assert DAMAGES[damage] in problem
    assert not found.is_well
    assert GREEN not in render(facts_of(landing.data))


def test_a_build_at_work_is_said_to_be_one(landing: Landing) -> None:
    command = [sys.executable, "-c", HOLD, str(landing.data / "warehouse.duckdb")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as build:
        assert build.stdout is not None
        assert build.stdout.readline() == b"open\n"
        found = served(landing.data)
        build.kill()

    assert found.release == 2
    assert "found a build at work, or the file open elsewhere" in found.problems[0]


def test_before_anything_has_landed_there_is_nothing_to_have(tmp_path: Path) -> None:
    assert read_served(tmp_path, landed_files=0) == Served()
    assert Served().is_well
