"""The tables are a function of the set of landed files, however these came."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest.delivery.names import DailyFile
from ingest.warehouse.build.dbt_build import build_warehouse
from tests.dbt_project import oracle
from tests.dbt_project.conftest import Warehouse, compile_sql, open_warehouse, run_dbt
from tests.dbt_project.landing import FIRST_DAY, Landing, Rows
from tests.dbt_project.sparse_waves import Files, draw_sparse_wave, files_of
from tests.dbt_project.worlds import DAYS, Arrival, draw_waves

Tables = dict[str, set[tuple[Any, ...]]]
VALUES = ("_client_guid", "guid", "note", "extra", "_source_file", "_row_number")
EXAMPLES = int(os.environ.get("LAWS_EXAMPLES", "1"))
WORLDS = 12
WAVES = 4
SPARSE_WAVES = 3
PARTS = (
    "+stg_users",
    "stg_users",
    "state_users",
    "stg_accounts",
    "state_accounts",
    "landed_files+",
    "changed_files",
    "stg_tags state_tags unknown_owners",
    "+unknown_owners",
    "state",
    "staging",
    "history",
    "new_resources",
)
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


def every_table(data: Path) -> dict[str, Any]:
    """Give every table's columns and rows. New columns of increments come last."""
    query = """
        select table_schema || '."' || table_name || '"' from information_schema.tables
        where table_schema in ('main', 'state', 'history') or table_name like 'hidden_%'
    """
    with open_warehouse(data) as warehouse:
        tables = [name for (name,) in warehouse.execute(query).fetchall()]
        return {table: _sorted_rows(warehouse, table) for table in tables}


def _sorted_rows(warehouse: Warehouse, table: str) -> tuple[list[Any], list[Any]]:
    described = sorted(row[:2] for row in warehouse.execute(f"describe {table}").fetchall())
    columns = ", ".join(f'"{name}"' for name, _ in described)
    return described, warehouse.execute(f"select {columns} from {table} order by all").fetchall()


def _build(random: Random, data: Path, *, is_first: bool) -> None:
    """Build in one of the ways there are: some parts before all, all with tests, or all at once."""
    ways = ["untouched left out", "all", *([] if is_first else ["parts first"])]
    way = random.choice(ways)
    if way == "parts first":
        parts = random.sample(PARTS, 2)
        run_dbt("run", "--select", *parts, target=data / "dbt" / "target", cwd=data.parent)
    if way == "untouched left out":
        assert build_warehouse(data, dbt_args=["--quiet"]) == 0
    else:
        run_dbt("run", target=data / "dbt" / "target", cwd=data.parent)


def _land_waves(random: Random, landing: Landing) -> Iterator[Files]:
    """Land dense waves, then sparse ones out of what has landed; yield all that has by each."""
    landed: dict[DailyFile, Arrival] = {}
    dense = draw_waves(random, clients=WORLDS, waves=WAVES)
    sparse = (draw_sparse_wave(random, landed) for _ in range(SPARSE_WAVES))
    for wave in chain(dense, sparse):
        for arrival in wave:
            arrival.land(landing)
            landed[arrival.file] = arrival
        yield files_of(landed.values())


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
    for number, files in enumerate(_land_waves(random, landing)):
        _build(random, landing.data, is_first=number == 0)
        assert _found(landing.data) == _expected(files)
    date = FIRST_DAY + timedelta(days=DAYS // 2)
    query = compile_sql(f"{{{{ as_of('taggings', '{date}') }}}}", cwd=tmp_path)
    with open_warehouse(landing.data) as warehouse:
        assert _read(warehouse, query, VALUES) == oracle.as_of(files, "taggings", date)
        query = _documented_query().replace("2026-01-31", str(date))
        assert _read(warehouse, query, VALUES) == oracle.as_of(files, "accounts", date)
    incremental = every_table(landing.data)

    target = landing.data / "dbt" / "target"
    run_dbt("run", "--full-refresh", target=target, cwd=tmp_path)

    assert every_table(landing.data) == incremental
