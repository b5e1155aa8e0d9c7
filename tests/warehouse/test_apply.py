"""A build without dbt ends in the warehouse in which a build by dbt ends."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from ingest import build
from ingest.build import build_warehouse
from tests.warehouse.landing import Landing
from tests.warehouse.test_laws import no_dbt
from tests.warehouse.worlds import draw_waves

Relations = dict[str, Any]
OF_A_RUN = {"ops.built", "ops.finished", "ops.plan"}


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Relations]]:
    """Build a second wave by both ways, from the same warehouse in the same place."""
    folder = tmp_path_factory.mktemp("ways")
    landing, warehouse = Landing(folder / "data"), folder / "data" / "warehouse.duckdb"
    first, second, third = draw_waves(Random(7), clients=6, waves=3)  # noqa: S311 - repeatable
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        _land(landing, first)
        assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0
        _land(landing, [*second, *third])
        shutil.copy(warehouse, folder / "before.duckdb")
        assert build_warehouse(landing.data, dbt_args=["--quiet", "--threads", "1"]) == 0
        by_dbt = _relations(warehouse)
        shutil.copy(folder / "before.duckdb", warehouse)
        patch.setattr(build, "_run_dbt", no_dbt)
        assert build_warehouse(landing.data, dbt_args=["--quiet"]) == 0
        yield [by_dbt, _relations(warehouse)]


def _land(landing: Landing, wave: list[Any]) -> None:
    for arrival in wave:
        arrival.land(landing)


def _relations(warehouse: Path) -> Relations:
    """Give every table's columns and rows, every view's text, every macro."""
    tables = """
        select schema_name || '.' || table_name from duckdb_tables() where not temporary
    """
    others = """
        select 'view', schema_name, view_name, sql from duckdb_views() where not internal
        union all
        select 'macro', schema_name, function_name, macro_definition from duckdb_functions()
        where not internal
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = {name for (name,) in connection.execute(tables).fetchall()} - OF_A_RUN
        return {
            name: (connection.execute(f"describe {name}").fetchall(), _rows(connection, name))
            for name in names
        } | {"others": sorted(connection.execute(others).fetchall())}


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[Any, ...]]:
    run = "exclude (invocation_id)" if name == "ops.applied_files" else ""
    return connection.execute(f"select * {run} from {name} order by all").fetchall()  # noqa: S608


def test_both_ways_make_the_same_tables_views_and_macros(warehouses: list[Relations]) -> None:
    by_dbt, by_plan = warehouses

    assert by_plan.keys() == by_dbt.keys()
    assert [name for name in by_dbt if by_plan[name] != by_dbt[name]] == []


def test_both_ways_forget_what_their_tests_have_seen(warehouses: list[Relations]) -> None:
    assert [each["ops.written_keys"][1] for each in warehouses] == [[], []]
