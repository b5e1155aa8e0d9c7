"""`dbt source freshness`, on the tables of a real warehouse whose days are set back or forth."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.conftest import DBT, Warehouse, dbt_call
from tests.dbt_project.landing import CLIENT, OTHER_CLIENT


@pytest.fixture
def call(warehouse: Warehouse, tmp_path: Path) -> dict[str, Any]:
    """Call dbt on a copy of the warehouse, knowing the project as the one who built it did."""
    [(path,)] = warehouse.execute(
        "select path from duckdb_databases() where database_name = 'warehouse'"
    ).fetchall()
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(path, data / "warehouse.duckdb")
    target = shutil.copytree(Path(path).parents[1] / "target", tmp_path / "target")
    known = dbt_call("source", target=target, cwd=tmp_path, data=data)
    places = {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target)}
    command = [DBT, "--no-use-colors", "source", "freshness"]
    return known | {"args": command, "env": os.environ | known["env"] | places}


def ask(call: dict[str, Any], *statements: str) -> tuple[int, str]:
    with duckdb.connect(Path(call["env"]["MX_DATA"]) / "warehouse.duckdb") as warehouse:
        for statement in statements:
            warehouse.execute(statement)
    done = subprocess.run(**call, capture_output=True, text=True, check=False)
    [verdict] = re.findall(r"freshness of mx\.complete_days \.+ \[([A-Z ]+) in", done.stdout)
    return done.returncode, verdict


def latest(client: str, *, days_ago: int) -> str:
    return f"""
        update ops.deliveries
        set snapshot_date = current_date - {days_ago}, is_complete = true
        where client_guid = '{client}'
    """


def test_a_warehouse_is_as_fresh_as_the_client_furthest_behind(call: dict[str, Any]) -> None:
    others = f"delete from ops.deliveries where client_guid not in ('{CLIENT}', '{OTHER_CLIENT}')"

    given_up = f"""
        insert into ops.ledger (what, client_guid, recorded_at)
        values ('given_up', '{OTHER_CLIENT}', now())
    """

    both = ask(call, others, latest(CLIENT, days_ago=3), latest(OTHER_CLIENT, days_ago=6))
    without_the_one_behind = ask(call, given_up)

    assert both == (1, "ERROR STALE")
    assert without_the_one_behind == (0, "WARN")


def test_a_client_of_whom_only_a_baseline_has_come_is_not_behind(call: dict[str, Any]) -> None:
    others = f"delete from ops.deliveries where client_guid not in ('{CLIENT}', '{OTHER_CLIENT}')"
    only_a_baseline = f"update ops.deliveries set is_complete = null where client_guid = '{CLIENT}'"

    assert ask(call, others, latest(OTHER_CLIENT, days_ago=1), only_a_baseline) == (0, "PASS")
