"""A replay of all landed files finds each table that differs."""

from pathlib import Path

import duckdb

from ingest.warehouse.replay import verify_warehouse
from tests.dbt_project.conftest import run_dbt
from tests.dbt_project.landing import CLIENT, Landing
from tests.warehouse.models.test_scaffold import land

USERS = f"{CLIENT}.2026-01-01.users.created"


def test_a_changed_value_a_lost_view_and_an_odd_table_are_found(tmp_path: Path) -> None:
    data = tmp_path / "data"
    land(Landing(data))
    run_dbt("run", target=tmp_path / "target", cwd=tmp_path)
    with duckdb.connect(data / "warehouse.duckdb") as warehouse:
        warehouse.execute("update state.users set first_name = 'other' where guid = 'U1'")
        warehouse.execute("drop view main.visits")
        warehouse.execute("drop table state.tags")
        warehouse.execute("create table main.odd as select 1")

    compared, differing = verify_warehouse(data)

    user = ([f"{CLIENT} U1 {USERS} 0"], [f"{CLIENT} U1 {USERS} 0"])
    assert compared > len(differing)
    assert {each.table: (each.missing, each.extra) for each in differing} == {
        '"state"."users"': user,
        '"main"."users"': user,
        '"main"."visits"': (["all"], []),
        '"state"."tags"': (["all"], []),
        '"main"."tags"': (["all"], []),
        '"main"."taggings"': (["all"], []),
        '"main"."odd"': ([], ["all"]),
    }
    assert not (data / ".tmp").exists()
