"""`just build` builds what is new, publishes what is complete, and says the rest in a line."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ingest.warehouse.build.dbt_build import UNCHANGED, build_warehouse
from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.publish.releases_on_disk import Releases
from tests.dbt_project.landing import Landing, daily_file
from tests.landing.test_stored_files import forget_hashes
from tests.support.built import (
    ask,
    ask_release,
    just_build,
    land,
    nodes_run,
    typed_dbt,
    users,
)

MANY = 300_000
HOLD = """
import duckdb, sys, time
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
time.sleep(60)
"""


def test_nothing_new_is_not_built_again(landing: Landing) -> None:
    again = just_build(landing.data)
    copied = just_build(landing.data)

    assert again.returncode == 0
    assert copied.stdout == f"{UNCHANGED}\n"


def test_a_run_that_found_nothing_is_not_built(landing: Landing) -> None:
    assert just_build(landing.data).returncode == 0  # the copy lies elsewhere
    before = Releases(landing.data / "serve").current()
    landing.record(what="run")

    done = just_build(landing.data)

    assert (done.returncode, done.stdout) == (0, f"{UNCHANGED}\n")
    assert Releases(landing.data / "serve").current() == before


def test_models_of_resources_without_new_rows_are_left_out(landing: Landing) -> None:
    assert just_build(landing.data).returncode == 0  # the copy lies elsewhere
    land(landing, "tags.created", "T2", day=2)
    land(landing, "goals.created", day=2)

    done = just_build(landing.data, "--quiet")

    assert (done.returncode, done.stderr) == (0, "")
    assert {"stg_tags", "state_tags", "history_tags", "tags"} < nodes_run(landing.data)
    assert not {"stg_users", "users", "stg_goals", "state_goals"} & nodes_run(landing.data)
    assert ask_release(landing.data, "select count(*) from main.tags") == [(2,)]


def test_an_increment_writes_the_touched_keys_and_no_others(landing: Landing) -> None:
    """DuckDB numbers the rows of a large table as they are written, and keeps the numbers."""
    land(landing, "tags.created", *(f"T{number}" for number in range(MANY)), day=2)
    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0
    tables = ("staging.stg_tags", "state.tags")
    last = {table: ask(landing.data, f"select max(rowid) from {table}")[0][0] for table in tables}
    land(landing, "tags.updated", "T7", "new", day=3)

    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0

    written = {
        table: ask(landing.data, f"select guid from {table} where rowid > {last[table]} order by 1")
        for table in tables
    }
    assert written == {table: [("T7",), ("new",)] for table in tables}


def test_a_part_is_not_published_until_all_that_follows_is_built(landing: Landing) -> None:
    land(landing, "users.created", "U3", day=2)

    part = just_build(landing.data, "--select", "+state_users", "+unknown_owners")
    after_part = users(landing.data)
    rest = just_build(landing.data, "--quiet")

    assert (part.returncode, rest.returncode) == (0, 0)
    assert "not published: " in part.stdout
    assert after_part == ["U1", "U2"]
    assert users(landing.data) == ["U1", "U2", "U3"]


def test_a_test_that_fails_leaves_readers_their_release(landing: Landing, tmp_path: Path) -> None:
    land(landing, "users.created", "U3", day=2)
    project = shutil.copytree(PROJECT, tmp_path / "project")
    (project / "tests" / "always_fails.sql").write_text("select 1 as breach")
    elsewhere = ("--project-dir", str(project))

    failed = typed_dbt(landing.data, "build", *elsewhere)
    after_failure = users(landing.data)
    (project / "tests" / "always_fails.sql").write_text("select 1 as breach where false")
    retried = typed_dbt(landing.data, "retry", *elsewhere)

    assert failed.returncode == 1
    assert "not published: 1 models and tests have failed or were left out, always_fails" in (
        failed.stdout
    )
    assert after_failure == ["U1", "U2"]
    assert (retried.returncode, users(landing.data)) == (0, ["U1", "U2", "U3"])


def halve(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def write_other_rows(path: Path) -> None:
    """Readers take it for what had landed: nothing in the file itself tells."""
    pq.write_table(pq.ParquetFile(path).read().slice(1), path)


@pytest.mark.parametrize(
    ("damage", "has_hash"),
    [(halve, True), (write_other_rows, True), (Path.unlink, True), (halve, False)],
    ids=["half of it", "other rows", "gone", "half of it, unhashed"],
)
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_built(
    landing: Landing, damage: Callable[[Path], object], has_hash: bool
) -> None:
    path = land(landing, "users.created", "U3", day=2)
    rows = path.read_bytes()
    if not has_hash:
        forget_hashes(landing.data)
    damage(path)
    land(landing, "tags.created", "T2", day=2)

    done = just_build(landing.data)

    assert done.returncode == 1
    [line] = [line for line in done.stdout.splitlines() if "ingest verify --repair" in line]
    assert f"{path.relative_to(landing.data)}: expected a Parquet file that can be read" in line
    assert ask(landing.data, "select count(*) from state.tags") == [(2,)]
    assert users(landing.data) == ["U1", "U2"]
    path.write_bytes(rows)
    assert just_build(landing.data).returncode == 0
    assert users(landing.data) == ["U1", "U2", "U3"]


def test_a_table_that_is_made_anew_takes_no_row_of_a_file_that_has_rotted(
    landing: Landing, tmp_path: Path
) -> None:
    """An increment would not read the file: its rows were taken while they were right."""
    [path] = landing.data.glob("landing/resource=users/*/*/*")
    rows = path.read_bytes()
    write_other_rows(path)
    project = shutil.copytree(PROJECT, tmp_path / "project")
    model = project / "models" / "staging" / "stg_users.sql"
    model.write_text(f"{model.read_text()}{{# another rule #}}\n")
    elsewhere = ("--project-dir", str(project))

    built = typed_dbt(landing.data, "build", *elsewhere)
    seen = users(landing.data)
    path.write_bytes(rows)
    again = typed_dbt(landing.data, "build", *elsewhere)

    assert built.returncode != 0
    assert f"{path.relative_to(landing.data)}: expected a Parquet file" in built.stdout
    assert seen == ["U1", "U2"]
    assert (again.returncode, users(landing.data)) == (0, ["U1", "U2"])


def test_a_warehouse_of_a_version_that_knew_no_hashes_goes_on(landing: Landing) -> None:
    with duckdb.connect(str(landing.data / "warehouse.duckdb")) as warehouse:
        warehouse.execute("create table kept as select * exclude (parquet_sha256) from ops.ledger")
        warehouse.execute("drop table ops.ledger")
        warehouse.execute("create table ops.ledger as from kept")
        warehouse.execute("drop table kept")
    land(landing, "users.created", "U3", day=2)

    assert just_build(landing.data).returncode == 0
    assert users(landing.data) == ["U1", "U2", "U3"]
    hashes = ask(landing.data, "select count(parquet_sha256) from ops.landed_files")
    assert hashes == ask(landing.data, "select count(*) from ops.landed_files")


def test_a_new_resource_that_cannot_be_built_is_left_out(landing: Landing) -> None:
    land(landing, "plans.created", "P1", day=2).write_bytes(b"torn")
    land(landing, "pledges.created", "G1", day=2)

    done = just_build(landing.data)

    assert done.returncode == 0
    assert "new resource plans left out: " in done.stdout
    assert ask_release(landing.data, "select guid from main.pledges") == [("G1",)]


def test_a_file_that_was_set_aside_is_left_out(landing: Landing) -> None:
    land(landing, "users.created", "U3", day=2)
    just_build(landing.data)
    landing.set_aside(daily_file("users.created", day=2))

    assert just_build(landing.data).returncode == 0

    assert users(landing.data) == ["U1", "U2"]


def test_a_warehouse_that_is_open_elsewhere_is_said_with_its_process(landing: Landing) -> None:
    land(landing, "users.created", "U3", day=2)
    command = [sys.executable, "-c", HOLD, str(landing.data / "warehouse.duckdb")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"open\n"

        ours, typed = just_build(landing.data), typed_dbt(landing.data, "build")
        reader.kill()

    for done in (ours, typed):
        assert f"(process {reader.pid}); close it there: readers open" in done.stderr
    assert (ours.returncode, ours.stdout, len(ours.stderr.splitlines())) == (1, "", 1)
    assert typed.returncode != 0
    assert "Traceback" not in typed.stdout + typed.stderr


def test_an_interrupted_build_says_one_line_and_the_next_goes_on(landing: Landing) -> None:
    land(landing, "users.created", "U3", day=2)
    shutil.rmtree(landing.data / "dbt")
    environment = {"PATH": "/usr/bin:/bin", "MX_DATA": str(landing.data)}
    command = [sys.executable, "-m", "ingest", "build", "--quiet"]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as building:
        while not (landing.data / "dbt" / "logs").exists():
            time.sleep(0.1)
        subprocess.run(["kill", "-INT", "--", f"-{building.pid}"], check=True)
        _, said = building.communicate(timeout=60)

    assert (building.returncode, said.count("\n")) == (1, 1), said
    assert "expected to end, found an interruption" in said
    assert just_build(landing.data, "--quiet").returncode == 0
    assert users(landing.data) == ["U1", "U2", "U3"]


def test_a_warehouse_of_an_older_layout_is_made_anew(landing: Landing) -> None:
    with duckdb.connect(landing.data / "warehouse.duckdb") as warehouse:
        warehouse.execute("alter table ops.applied_files add column consumer varchar")
        warehouse.execute("create schema deletes")

    done = just_build(landing.data)

    assert done.returncode == 0
    assert "has the layout of an older version: it is made anew" in done.stdout
    assert users(landing.data) == ["U1", "U2"]
    schemas = "select count(*) from duckdb_schemas() where schema_name = 'deletes'"
    assert ask(landing.data, schemas) == [(0,)]


def test_without_serving_nothing_is_published(landing: Landing) -> None:
    land(landing, "users.created", "U3", day=2)

    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0

    assert Releases(landing.data / "serve").numbers() == [1]
