"""`just build` runs dbt when there is something to build, and publishes what ended well."""

import subprocess
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ingest import built
from ingest.build import UNCHANGED, build_warehouse
from ingest.built import Mark, find_sources, read_mark
from ingest.errors import PublishError
from ingest.publish import publish
from ingest.published import Outcome
from ingest.releases import Releases
from tests.serving.warehouse import serving
from tests.warehouse.conftest import dbt_call, run_dbt
from tests.warehouse.landing import Landing, daily_file


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    landing = Landing(tmp_path_factory.mktemp("build") / "data")
    _land_user(landing, "U1", day=1)
    return landing


def _land_user(landing: Landing, guid: str, *, day: int) -> None:
    file = daily_file("users.created", day=day)
    landing.land(file, [{"guid": guid}], schema={"guid": pa.string()})


def _users(landing: Landing) -> list[str]:
    with duckdb.connect(landing.data / "warehouse.duckdb", read_only=True) as warehouse:
        return [guid for (guid,) in warehouse.execute("select guid from main.users").fetchall()]


def test_a_build_stops_early_until_something_lands(
    landing: Landing, capfd: pytest.CaptureFixture[str]
) -> None:
    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0
    capfd.readouterr()

    assert build_warehouse(landing.data, dbt_args=[], serving=serving()) == 0
    stopped = capfd.readouterr().out
    _land_user(landing, "U2", day=2)
    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0

    assert stopped.startswith(UNCHANGED + "\nrelease 1 is published: ")
    assert sorted(_users(landing)) == ["U1", "U2"]


def test_a_run_of_dbt_by_hand_takes_the_mark_away(landing: Landing, tmp_path: Path) -> None:
    warehouse, sources = landing.data / "warehouse.duckdb", find_sources(landing.data)
    build_warehouse(landing.data, dbt_args=["--quiet"])
    assert read_mark(warehouse).sources == sources.text()

    run_dbt("run", "--select", "ledger", target=tmp_path, cwd=tmp_path, data=landing.data)

    assert read_mark(warehouse) == Mark()
    assert_unfinished(landing.data)


def test_a_build_of_a_part_is_told_not_to_be_published(
    landing: Landing, capfd: pytest.CaptureFixture[str]
) -> None:
    part = ["--quiet", "--select", "deliveries"]

    code = build_warehouse(landing.data, dbt_args=part, serving=serving())

    assert code == 0
    assert capfd.readouterr().out.startswith("not published: warehouse.duckdb: expected a whole")


def test_a_test_that_finds_fault_takes_the_note_away(landing: Landing, tmp_path: Path) -> None:
    run_dbt("build", target=tmp_path, cwd=tmp_path, data=landing.data)
    by_hand = publish(landing.data, serving=serving())
    with duckdb.connect(landing.data / "warehouse.duckdb") as warehouse:
        warehouse.execute("insert into main.users from main.users limit 1")

    selected = ["--select", "main_keeps_the_rules"]
    call = dbt_call("test", *selected, target=tmp_path, cwd=tmp_path, data=landing.data)
    code = subprocess.run(**call, capture_output=True, check=False).returncode

    assert (by_hand.outcome, code) == (Outcome.PUBLISHED, 1)
    assert_unfinished(landing.data)


def test_a_failed_build_publishes_nothing(landing: Landing) -> None:
    _land_user(landing, "U3", day=3)
    [path] = (landing.data / "landing").rglob("date=2026-01-03/*.parquet")
    path.write_bytes(b"torn")
    before = Releases(landing.data / "serve").current()

    code = build_warehouse(landing.data, dbt_args=["--quiet"], serving=serving())

    assert code == 1
    assert_unfinished(landing.data)
    assert Releases(landing.data / "serve").current() == before


def assert_unfinished(data: Path) -> None:
    with pytest.raises(PublishError, match="expected a whole build with no failure"):
        publish(data, serving=serving())


def test_what_a_build_depends_on_changes_with_the_ledger_and_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, ledger = tmp_path / "project", tmp_path / "ledger" / "2026-01.jsonl"
    macro, compiled = project / "macros" / "one.sql", project / "target" / "one.sql"
    for path in (macro, compiled, ledger):
        path.parent.mkdir(parents=True)
        path.write_text("1")
    monkeypatch.setattr(built, "PROJECT", project)

    seen = [find_sources(tmp_path)]
    for path in (compiled, macro, ledger):
        path.write_text("12")
        seen.append(find_sources(tmp_path))
    monkeypatch.setenv("DBT_TARGET", "other")
    seen.append(find_sources(tmp_path))

    assert seen[0] == seen[1]
    assert len(set(seen)) == len(seen) - 1
    assert seen[2].project == seen[3].project


def test_a_warehouse_that_cannot_be_asked_is_not_known_to_be_built(tmp_path: Path) -> None:
    torn = tmp_path / "warehouse.duckdb"
    torn.write_bytes(b"torn")

    assert read_mark(tmp_path / "none.duckdb") == Mark()
    assert read_mark(torn) == Mark()
