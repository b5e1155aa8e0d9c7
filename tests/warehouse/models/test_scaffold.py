"""Models that are written for a new resource give the tables that it had without them."""

import shutil
from dataclasses import dataclass
from difflib import ndiff
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingest.errors import UnknownNameError
from ingest.warehouse.models.model_sql import find_differing_models
from ingest.warehouse.models.scaffold import add_models, read_new_resource
from tests.dbt_project.conftest import PROJECT, open_warehouse, run_dbt
from tests.dbt_project.landing import Landing, daily_file

TEXT = pa.string()
NEW = ("order", "current_plans", "visits")
"""One without an owner, one that users own, one without keys."""
KEYED = NEW[:2]
TABLES = [
    *(f"main.{name}" for name in NEW),
    *(f"{schema}.{name}" for schema in ("state", "history") for name in KEYED),
]
PLAN = {"guid": TEXT, "user_guid": TEXT, "parts": pa.struct([("a", pa.int32())])}
Content = dict[str, tuple[list[str], list[Any]]]


def land(landing: Landing) -> None:
    """Land what is new, and users of which one is deleted."""
    user, visit = {"guid": TEXT}, {"page": TEXT, "user_guid": TEXT, "on": TEXT}
    landing.land(daily_file("users.created"), [{"guid": "U1"}, {"guid": "U2"}], schema=user)
    landing.land(daily_file("users.deleted", day=2), [{"guid": "U2"}], schema=user)
    order = {"guid": TEXT, "placed_at": pa.int64(), "ends_on": TEXT}
    landing.land(daily_file("order.created"), [{"guid": "O1", "placed_at": 1}], schema=order)
    rows: list[dict[str, Any]] = [
        {"guid": "P1", "user_guid": "U1", "parts": {"a": 1}},
        {"guid": "P2", "user_guid": "U2"},
        {"guid": None, "user_guid": "U2"},
    ]
    landing.land(daily_file("current_plans.created"), rows, schema=PLAN)
    page = {"page": "x", "user_guid": "U9"}
    landing.land(daily_file("visits.created"), [page, page], schema=visit)
    landing.land(daily_file("visits.deleted"), [page], schema=visit)


def land_later(landing: Landing) -> None:
    """Land a day that changes, deletes and brings back, a wider type, and a file again."""
    landing.land(daily_file("users.created", day=3), [{"guid": "U2"}], schema={"guid": TEXT})
    order = {"guid": TEXT, "placed_at": pa.int64(), "count": pa.int32()}
    rows: list[dict[str, Any]] = [{"guid": "O1", "count": 5}, {"guid": "O2", "placed_at": 2}]
    landing.land(daily_file("order.updated", day=3), rows, schema=order)
    landing.land(daily_file("order.deleted", day=4), [{"guid": "O2"}], schema={"guid": TEXT})
    rows = [{"guid": "P1", "user_guid": "U1"}, {"guid": "P3", "user_guid": "U1"}]
    landing.land(daily_file("current_plans.created"), rows, schema=PLAN)
    visit = {"page": TEXT, "user_guid": TEXT}
    landing.land(daily_file("visits.created", day=2), [{"page": "y"}], schema=visit)


def read_tables(data: Path) -> Content:
    """Read columns by their names: a model has a new one last, until its table is rebuilt."""
    found = {}
    with open_warehouse(data) as warehouse:
        for table in TABLES:
            schema, name = table.split(".")
            result = warehouse.execute(f'from {schema}."{name}"')
            told = [f"{each[0]} {each[1]}" for each in result.description or ()]
            places = sorted(range(len(told)), key=told.__getitem__)
            rows = [tuple(row[place] for place in places) for row in result.fetchall()]
            found[table] = ([told[place] for place in places], sorted(rows, key=repr))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The tables of two days, made without models of the new resources and with them."""

    folder: Path
    written: list[Path]
    contents: dict[str, list[Content]]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Ways:
    folder = tmp_path_factory.mktemp("scaffold")
    hook, models, project = (folder / name for name in ("hook", "models", "project"))
    land(landing := Landing(hook))
    run_dbt("run", target=folder / "target", cwd=folder, data=hook)
    shutil.copytree(hook, models)
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    found = [read_new_resource(name, warehouse=models / "warehouse.duckdb") for name in NEW]
    written = [path for new in found for path in add_models(new, project=project)]
    build = partial(run_dbt, "build", "--exclude-resource-type", "unit_test", cwd=folder)
    build(target=folder / "target2", data=models, project=project)
    first = [read_tables(hook), read_tables(models)]
    land_later(landing)
    shutil.rmtree(models / "landing")
    for name in ("landing", "ledger"):
        shutil.copytree(hook / name, models / name, dirs_exist_ok=True)
    run_dbt("run", target=folder / "target", cwd=folder, data=hook)
    build(target=folder / "target2", data=models, project=project)
    second = [read_tables(hook), read_tables(models)]
    return Ways(folder=folder, written=written, contents={"first": first, "second": second})


@pytest.mark.parametrize(
    ("day", "row_counts"), [("first", [1, 2, 2, 1, 2, 1, 2]), ("second", [1, 2, 3, 2, 2, 3, 2])]
)
def test_tables_are_the_same_with_models_and_without(
    ways: Ways, day: str, row_counts: list[int]
) -> None:
    hook, models = ways.contents[day]

    assert [len(rows) for _, rows in hook.values()] == row_counts
    assert models == hook


def test_a_resource_with_models_is_new_no_more(ways: Ways) -> None:
    with pytest.raises(UnknownNameError, match="there is none"):
        read_new_resource("visits", warehouse=ways.folder / "models" / "warehouse.duckdb")


def test_a_second_call_writes_nothing(ways: Ways) -> None:
    project = ways.folder / "project"
    before = {path: path.read_bytes() for path in project.rglob("*.*ml")}
    new = read_new_resource("visits", warehouse=ways.folder / "hook" / "warehouse.duckdb")

    with pytest.raises(UnknownNameError, match=r"visits: expected .* found .*visits\.sql"):
        add_models(new, project=project)

    assert {path: path.read_bytes() for path in project.rglob("*.*ml")} == before


def test_nothing_that_was_written_before_is_changed(ways: Ways) -> None:
    project = ways.folder / "project"
    changed = [path for path in set(ways.written) if (PROJECT / path.relative_to(project)).exists()]

    assert {path.name for path in changed} == {"dbt_project.yml", "_release.yml"}
    for path in changed:
        before, after = (PROJECT / path.relative_to(project)).read_text(), path.read_text()
        assert [
            line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] == "-"
        ] == []


def test_marts_and_counts_have_the_new_resources(ways: Ways) -> None:
    with open_warehouse(ways.folder / "models") as warehouse:
        changes = warehouse.execute("select distinct resource from marts.changes_by_day").fetchall()
        unknown = warehouse.execute(
            "select distinct resource, owner_guid from ops.unknown_owners"
        ).fetchall()

    assert {("order",), ("current_plans",)} < set(changes)
    assert unknown == [("visits", "U9")]


def test_every_model_is_as_its_template_writes_it(ways: Ways) -> None:
    assert find_differing_models(PROJECT) == find_differing_models(ways.folder / "project") == {}
