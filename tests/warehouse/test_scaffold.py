"""Models that are written for a new resource give the tables that it had without them."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingest.errors import UnknownNameError
from ingest.scaffold import read_new_resource, write_models
from tests.warehouse.conftest import PROJECT, open_warehouse, run_dbt
from tests.warehouse.landing import Landing, daily_file

TEXT = pa.string()
RESOURCES = ("order", "plans", "visits")


def land(landing: Landing) -> None:
    """One resource without an owner, one with a deleted owner, one without keys."""
    user = {"guid": TEXT}
    landing.land(daily_file("users.created"), [{"guid": "U1"}, {"guid": "U2"}], schema=user)
    landing.land(daily_file("users.deleted", day=2), [{"guid": "U2"}], schema=user)
    order = {"guid": TEXT, "placed_at": pa.int64(), "ends_on": TEXT}
    landing.land(daily_file("order.created"), [{"guid": "O1", "placed_at": 1}], schema=order)
    plan = {"guid": TEXT, "user_guid": TEXT, "parts": pa.struct([("a", pa.int32())])}
    rows: list[dict[str, Any]] = [
        {"guid": "P1", "user_guid": "U1", "parts": {"a": 1}},
        {"guid": "P2", "user_guid": "U2"},
    ]
    landing.land(daily_file("plans.created"), rows, schema=plan)
    visit = {"page": TEXT}
    landing.land(daily_file("visits.created"), [{"page": "x"}, {"page": "x"}], schema=visit)


def tables(data: Path) -> dict[str, tuple[list[str], list[Any]]]:
    found = {}
    with open_warehouse(data) as warehouse:
        for name in RESOURCES:
            result = warehouse.execute(f'from main."{name}" order by all')
            columns = [f"{each[0]} {each[1]}" for each in result.description]
            found[name] = (columns, result.fetchall())
    return found


def test_the_tables_stay_what_they_were(tmp_path: Path) -> None:
    data, project = tmp_path / "data", tmp_path / "project"
    land(Landing(data))
    run_dbt("run", target=tmp_path / "target", cwd=tmp_path)
    before = tables(data)
    ignored = shutil.ignore_patterns("target", "logs")
    shutil.copytree(PROJECT, project, ignore=ignored)

    for name in RESOURCES:
        new = read_new_resource(name, warehouse=data / "warehouse.duckdb")
        assert project / "models" / "current" / f"{name}.sql" in write_models(new, project=project)
    run_dbt("build", target=tmp_path / "target2", cwd=tmp_path, project=project)

    assert [len(rows) for _, rows in before.values()] == [1, 1, 2]
    assert tables(data) == before
    with open_warehouse(data) as warehouse:
        counted = warehouse.execute("select distinct resource from marts.changes_by_day").fetchall()
    assert {("order",), ("plans",)} < set(counted)
    with pytest.raises(UnknownNameError, match="there is none"):
        read_new_resource("plans", warehouse=data / "warehouse.duckdb")
