"""The tables are a function of the set of landed files, however these came."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest import build
from ingest.delivery import DailyFile
from tests.warehouse import oracle
from tests.warehouse.conftest import Warehouse, compile_sql, open_warehouse, run_dbt
from tests.warehouse.landing import FIRST_DAY, Landing, Rows
from tests.warehouse.worlds import DAYS, draw_waves

Tables = dict[str, set[tuple[Any, ...]]]
VALUES = ("_client_guid", "guid", "note", "extra", "_source_file", "_row_number")
EXAMPLES = int(os.environ.get("LAWS_EXAMPLES", "1"))
WORLDS = 12
WAVES = 4
ROWS_AT_ONCE = 80
INTERVAL = ("_version", "valid_from", "valid_to", "is_current")


def _read(warehouse: Warehouse, query: str, columns: tuple[str, ...]) -> set[tuple[Any, ...]]:
    result = warehouse.execute(query)
    names = [name for name, *_ in result.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    read = [tuple(row.get(column) for column in columns) for row in rows]
    assert len(set(read)) == len(read)
    return set(read)


def _found(data: Path) -> Tables:
    with open_warehouse(data) as warehouse:
        return {
            f"main.{resource}": _read(warehouse, f"from main.{resource}", VALUES)
            for resource in oracle.OWNERS
        } | {
            f"history.{resource}": _read(
                warehouse, f"from history.{resource}", (*VALUES, *INTERVAL)
            )
            for resource in oracle.OWNERS
        }


def _expected(files: dict[DailyFile, Rows]) -> Tables:
    told: dict[str, Callable[[dict[DailyFile, Rows], str], set[tuple[Any, ...]]]] = {
        "main": oracle.current,
        "history": oracle.history,
    }
    return {
        f"{schema}.{resource}": tell(files, resource)
        for schema, tell in told.items()
        for resource in oracle.OWNERS
    }


def _documented_query() -> str:
    page = Path(__file__).parents[2] / "docs" / "history.md"
    return page.read_text().split("```sql\n")[1].split("```")[0]


def _every_table(data: Path) -> dict[str, Any]:
    query = """
        select table_schema || '."' || table_name || '"' from information_schema.tables
        where table_schema in ('main', 'state', 'history', 'deletes')
            or table_name like 'hidden_%'
    """
    with open_warehouse(data) as warehouse:
        tables = [name for (name,) in warehouse.execute(query).fetchall()]
        return {
            table: (
                warehouse.execute(f"describe {table}").fetchall(),
                warehouse.execute(f"from {table} order by all").fetchall(),
            )
            for table in tables
        }


def _build(data: Path, wave: int, *, folder: Path) -> None:
    """Build by dbt, twice by the plan that it leaves, and by dbt again."""
    if wave == WAVES - 1:
        run_dbt("run", target=folder / "target", cwd=folder)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        if wave:
            patch.setattr(build, "_run_dbt", no_dbt)
        assert build.build_warehouse(data, dbt_args=["--quiet"]) == 0


def no_dbt(*_args: object, **_kwargs: object) -> int:
    raise AssertionError("dbt has been started")


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(random=st.randoms(use_true_random=True))
def test_builds_in_any_order_of_arrival_end_in_the_same_tables(
    random: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each client is a world of its own: a build costs seconds, however many there are."""
    tmp_path = tmp_path_factory.mktemp("laws")
    landing = Landing(tmp_path / "data")
    files: dict[DailyFile, Rows] = {}
    for number, wave in enumerate(draw_waves(random, clients=WORLDS, waves=WAVES)):
        for arrival in wave:
            arrival.land(landing)
            files[arrival.file] = arrival.rows
        _build(landing.data, number, folder=tmp_path)
        assert _found(landing.data) == _expected(files)
    date = FIRST_DAY + timedelta(days=DAYS // 2)
    query = compile_sql(f"{{{{ as_of('taggings', '{date}') }}}}", cwd=tmp_path)
    with open_warehouse(landing.data) as warehouse:
        assert _read(warehouse, query, VALUES) == oracle.as_of(files, "taggings", date)
        query = _documented_query().replace("2026-01-31", str(date))
        assert _read(warehouse, query, VALUES) == oracle.as_of(files, "accounts", date)
    incremental = _every_table(landing.data)

    batches = ("--vars", f"rows_at_once: {ROWS_AT_ONCE}")
    run_dbt("run", "--full-refresh", *batches, target=tmp_path / "target", cwd=tmp_path)

    assert _every_table(landing.data) == incremental
