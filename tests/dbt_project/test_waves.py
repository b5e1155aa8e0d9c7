"""A second build takes late days, restated files and new columns."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tests.dbt_project.conftest import Warehouse, compile_sql, open_warehouse, run_dbt
from tests.dbt_project.landing import Landing, Rows, daily_file

TEXT = pa.string()


def _land(landing: Landing, name: str, rows: Rows, *, day: int, **fields: pa.DataType) -> None:
    schema = {"guid": TEXT, "user_guid": TEXT, "member_guid": TEXT, "name": TEXT} | fields
    landing.land(daily_file(name, day=day), rows, schema=schema)


def _land_first_wave(landing: Landing) -> None:
    _land(landing, "users.created", [{"guid": "U1"}, {"guid": "U2"}], day=1)
    _land(landing, "users.deleted", [{"guid": "U2"}], day=2)
    _land(landing, "members.created", [{"guid": "M1", "user_guid": "U2"}], day=1)
    _land(landing, "accounts.created", [{"guid": "A1", "member_guid": "M1"}], day=1)
    _land(landing, "goals.created", [{"guid": "G1", "name": "one"}], day=1)
    _land(landing, "goals.updated", [{"guid": "G1", "name": "three"}], day=3)
    _land(landing, "tags.created", [{"guid": "K1"}, {"guid": "K2"}], day=1)
    _land(landing, "budgets.created", [{"guid": "B1", "size": 5}], day=1, size=pa.int32())


def _land_second_wave(landing: Landing) -> None:
    _land(landing, "users.deleted", [{"guid": "U1"}], day=2)
    _land(landing, "goals.updated", [{"guid": "G1", "name": "two"}], day=2)
    _land(landing, "tags.created", [{"guid": "K2"}], day=1)
    rows: Rows = [{"guid": "B2", "size": 0.5, "colour": "red"}]
    _land(landing, "budgets.created", rows, day=2, size=pa.float64(), colour=TEXT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build two waves; the second build is cut off after the users' state and started again."""
    folder = tmp_path_factory.mktemp("waves")
    landing = Landing(folder / "data")
    _land_first_wave(landing)
    run_dbt("run", target=folder / "target", cwd=folder)
    _land_second_wave(landing)
    run_dbt("run", "--select", "+state_users", target=folder / "target", cwd=folder)
    run_dbt("run", target=folder / "target", cwd=folder)
    return folder


@pytest.fixture
def waves(folder: Path) -> Iterator[Warehouse]:
    with open_warehouse(folder / "data") as opened:
        yield opened


@pytest.mark.parametrize(
    ("table", "guids"), [("users", ["U2"]), ("members", ["M1"]), ("accounts", ["A1"])]
)
def test_a_delete_taken_back_shows_what_it_hid_through_every_level(
    waves: Warehouse, table: str, guids: list[str]
) -> None:
    rows = waves.execute(f"select guid from main.{table}").fetchall()

    assert [guid for (guid,) in rows] == guids


def test_a_late_day_takes_its_place_in_history_and_changes_nothing_newer(waves: Warehouse) -> None:
    query = "select name, _version, valid_from, valid_to, is_current from history.goals order by 2"

    days = [date(2026, 1, day) for day in (1, 2, 3)]
    assert waves.execute(query).fetchall() == [
        ("one", 1, days[0], days[1], False),
        ("two", 2, days[1], days[2], False),
        ("three", 3, days[2], None, True),
    ]
    assert waves.execute("select name from main.goals").fetchall() == [("three",)]


@pytest.mark.parametrize("schema", ["main", "state", "history"])
def test_a_row_that_a_restated_file_no_longer_holds_is_gone(waves: Warehouse, schema: str) -> None:
    query = f"select guid from {schema}.tags"

    assert waves.execute(query).fetchall() == [("K2",)]


@pytest.mark.parametrize("schema", ["main", "state", "history"])
def test_a_new_column_and_a_wider_type_reach_the_rows_that_were_there(
    waves: Warehouse, schema: str
) -> None:
    query = f"select guid, size, typeof(size), colour from {schema}.budgets order by guid"

    assert waves.execute(query).fetchall() == [
        ("B1", 5.0, "DOUBLE", None),
        ("B2", 0.5, "DOUBLE", "red"),
    ]


def test_schema_changes_name_the_day_and_the_file(waves: Warehouse) -> None:
    query = """
        select field, change, landed_type, first_date, file = ? from ops.schema_changes
        where resource = 'budgets' order by field
    """
    file = daily_file("budgets.created", day=2)

    assert waves.execute(query, [file.stem]).fetchall() == [
        ("colour", "added", "varchar", date(2026, 1, 2), True),
        ("size", "widened", "double", date(2026, 1, 2), True),
    ]


@pytest.mark.parametrize(("day", "guids"), [(1, ["U1", "U2"]), (2, ["U2"])])
def test_as_of_a_day_shows_who_was_live_at_its_end(
    folder: Path, day: int, guids: list[str]
) -> None:
    query = compile_sql(f"{{{{ as_of('users', '2026-01-0{day}') }}}}", cwd=folder)

    with open_warehouse(folder / "data") as warehouse:
        rows = warehouse.execute(f"select guid from ({query}) order by guid").fetchall()

    assert [guid for (guid,) in rows] == guids
