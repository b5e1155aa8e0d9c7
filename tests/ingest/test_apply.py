"""What lands after a build by dbt is built without dbt, in one transaction, or dbt builds it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from ingest import apply, build
from ingest.build import build_warehouse
from ingest.built import Mark, find_sources, mark_built, read_mark
from ingest.models import run
from ingest.publish import publish
from ingest.published import Outcome
from tests.serving.warehouse import serving
from tests.warehouse.landing import Landing, Rows, daily_file

NOT_BUILT = 7


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Other tests leave other runs' manifests in the project's own target."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("target")
        patch.setenv("DBT_TARGET_PATH", str(folder))
        yield folder


@pytest.fixture(scope="module")
def whole(target: Path, tmp_path_factory: pytest.TempPathFactory) -> Landing:
    """Give what dbt has built whole."""
    landing = Landing(tmp_path_factory.mktemp("apply") / "data")
    _land(landing, "users.created", [{"guid": "U1"}, {"guid": "U2"}], day=1)
    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0
    return landing


@pytest.fixture
def landing(whole: Landing, monkeypatch: pytest.MonkeyPatch) -> Landing:
    """Give the same, where dbt does not build."""
    monkeypatch.setattr(build, "_run_dbt", lambda *_args, **_kwargs: NOT_BUILT)
    return whole


def _land(landing: Landing, name: str, rows: Rows, *, day: int) -> None:
    landing.land(daily_file(name, day=day), rows, schema={"guid": pa.string()})


def _ask(landing: Landing, query: str, *, is_write: bool = False) -> list[tuple[Any, ...]]:
    path = landing.data / "warehouse.duckdb"
    with duckdb.connect(str(path), read_only=not is_write) as warehouse:
        return warehouse.execute(query).fetchall()


def _users(landing: Landing) -> list[str]:
    return [guid for (guid,) in _ask(landing, "select guid from main.users order by guid")]


def test_what_lands_is_built_and_published_without_dbt(
    landing: Landing, capfd: pytest.CaptureFixture[str]
) -> None:
    publish(landing.data, serving=serving())
    _land(landing, "users.deleted", [{"guid": "U2"}, {"guid": None}], day=2)
    _land(landing, "users.created", [{"guid": None}], day=2)

    code = build_warehouse(landing.data, dbt_args=[], serving=serving())

    told = capfd.readouterr().out
    assert code == 0
    assert "warning: is_empty_unkeyed_rows_: 1 rows\nwithout dbt: 8" in told
    assert _users(landing) == ["U1", None]
    assert publish(landing.data, serving=serving()).outcome is Outcome.UNCHANGED
    assert "release 2 is published" in told


def test_a_build_without_dbt_sets_the_mark(landing: Landing) -> None:
    _land(landing, "users.created", [{"guid": "U3"}], day=3)

    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0

    mark = read_mark(landing.data / "warehouse.duckdb")
    assert mark.sources == find_sources(landing.data).text()


def test_a_build_without_dbt_that_is_cut_off_has_done_nothing(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _users(landing), read_mark(landing.data / "warehouse.duckdb")
    _land(landing, "users.created", [{"guid": "U4"}], day=4)
    monkeypatch.setattr(run, "run_node", _interrupt_at("main_keeps_the_rules"))

    with pytest.raises(KeyboardInterrupt):
        build_warehouse(landing.data, dbt_args=["--quiet"])

    assert (_users(landing), read_mark(landing.data / "warehouse.duckdb")) == before
    monkeypatch.undo()
    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0
    assert "U4" in _users(landing)


def _interrupt_at(name: str) -> Any:
    run_node = run.run_node

    def interrupted(project: Any, node: Any) -> Any:
        if node["name"] == name:
            raise KeyboardInterrupt
        return run_node(project, node)

    return interrupted


@pytest.mark.parametrize("named", ["DBT_FULL_REFRESH", "DBT_TARGET"])
def test_dbt_builds_what_a_variable_tells_it(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    assert apply.can_apply(landing.data)

    monkeypatch.setenv(named, "other")

    assert not apply.can_apply(landing.data)


def test_dbt_builds_what_is_too_much_for_one_transaction(
    landing: Landing, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = _ask(landing, "select plan from ops.plan")[0][0]
    small = plan.replace('"rows_at_once": 1000000', '"rows_at_once": 1')
    _land(landing, "users.created", [{"guid": "U5"}, {"guid": "U6"}], day=5)

    built = apply.apply_plan(
        small,
        environment={"MX_DATA": str(landing.data)},
        kept=landing.data / "kept",
        mark="",
        is_quiet=False,
    )

    assert not built
    assert capfd.readouterr().out == (
        "dbt builds: 2 rows have landed, more than 1 are applied in several steps\n"
    )
    assert "U5" not in _users(landing)


def test_dbt_builds_where_a_file_cannot_be_read(
    landing: Landing, capfd: pytest.CaptureFixture[str]
) -> None:
    before = _users(landing)
    _land(landing, "users.created", [{"guid": "U7"}], day=7)
    [path] = (landing.data / "landing").rglob("date=2026-01-07/*.parquet")
    rows = path.read_bytes()
    path.write_bytes(b"torn")

    code = build_warehouse(landing.data, dbt_args=["--quiet"])

    assert (code, _users(landing)) == (NOT_BUILT, before)
    assert "warning: dbt builds what failed: Invalid Input Error: " in capfd.readouterr().out
    path.write_bytes(rows)
    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0


def test_keys_that_an_older_build_queued_without_places_write_their_table_whole(
    landing: Landing,
) -> None:
    before = _users(landing)
    for consumer in ("users", "hidden_users"):
        queue = f"select '{consumer}' as consumer, 'users' as source, 'U1' as guid"
        _ask(landing, f"insert into ops.touched_keys by name {queue}", is_write=True)
    _ask(landing, "delete from main.users where guid in ('U1', 'U3')", is_write=True)
    _ask(landing, "delete from ops.hidden_users", is_write=True)
    _land(landing, "users.created", [], day=6)

    assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0

    assert _users(landing) == before
    assert _ask(landing, "select guid from ops.hidden_users") == [("U2",)]


def test_dbt_builds_where_a_test_finds_fault(
    landing: Landing, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = "insert into main.users by name select * replace (-1 as _row_number) from main.users"
    _ask(landing, f"{wrong} where guid = 'U1'", is_write=True)
    _land(landing, "users.updated", [{"guid": "U1"}], day=8)

    code = build_warehouse(landing.data, dbt_args=["--quiet"])

    assert code == NOT_BUILT
    told = "warning: dbt builds what failed: main_keeps_the_rules expects no rows, found 1\n"
    assert told in capfd.readouterr().out
    assert _users(landing).count("U1") == 2


@pytest.mark.parametrize("manifest", ['{"metadata": {"invocation_id": "another"}}', "torn"])
def test_no_plan_is_kept_where_another_run_has_left_its_manifest(
    landing: Landing, target: Path, manifest: str
) -> None:
    warehouse, sources = landing.data / "warehouse.duckdb", find_sources(landing.data)
    (target / "manifest.json").write_text(manifest)

    mark_built(warehouse, of=sources)

    assert read_mark(warehouse) == Mark(sources.text(), None)
