"""The tables that a few days of two clients end in."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.conftest import Warehouse, open_warehouse, run_dbt
from tests.dbt_project.landing import CLIENT, OTHER_CLIENT
from tests.dbt_project.story import HOSTILE


def _guids(warehouse: Warehouse, table: str) -> list[str]:
    query = f"select guid from {table} where _client_guid = ? and guid is not null order by guid"
    return [guid for (guid,) in warehouse.execute(query, [CLIENT]).fetchall()]


def _columns(warehouse: Warehouse, table: str) -> list[str]:
    return [name for name, *_ in warehouse.execute(f"describe {table}").fetchall()]


@pytest.mark.parametrize(
    ("table", "guids"),
    [
        ("main.members", ["M1", "M4"]),
        ("main.accounts", ["A1", "A4", "A5"]),
        ("main.transactions", ["T1", "T4", "T5"]),
        ("main.taggings", ["G1", "G4", "G5"]),
        ("main.analytics_events", ["E1"]),
        ('main."group"', ["N1"]),
        ("state.transactions", ["T1", "T2", "T3", "T4", "T5"]),
        ("state.members", ["M1", "M2", "M3", "M4"]),
        ('state."group"', ["N1", "N2", "N3"]),
    ],
)
def test_owners_hide_what_they_own_through_every_level(
    warehouse: Warehouse, table: str, guids: list[str]
) -> None:
    assert _guids(warehouse, table) == guids


def test_logs_do_not_cascade(warehouse: Warehouse) -> None:
    query = "select user_guid from main.analytics_events where guid is null"

    assert warehouse.execute(query).fetchall() == [("U2",)]


def test_clients_do_not_share_keys(warehouse: Warehouse) -> None:
    query = "select _client_guid from main.users where guid = 'U2'"

    assert warehouse.execute(query).fetchall() == [(OTHER_CLIENT,)]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_arrive_as_they_were(warehouse: Warehouse, name: str) -> None:
    query = "select first_name from main.users where guid = ?"

    assert warehouse.execute(query, [f"H-{name}"]).fetchall() == [(HOSTILE[name],)]


def test_rows_without_a_guid_are_kept_and_counted(warehouse: Warehouse) -> None:
    query = "select first_name, _row_number from main.users where guid is null order by all"
    count = "select row_count from ops.unkeyed_rows where resource = 'users'"
    first = len(HOSTILE)

    assert warehouse.execute(query).fetchall() == [("nobody", first), ("nobody", first + 1)]
    assert warehouse.execute(count).fetchall() == [(2,)]


def test_a_restated_file_replaces_rows_and_keeps_columns(warehouse: Warehouse) -> None:
    query = "select guid, withdrawn, counter from main.tags"

    assert warehouse.execute(query).fetchall() == [("K2", None, 1)]


def test_new_fields_are_null_for_older_rows(warehouse: Warehouse) -> None:
    query = 'select guid, "Extra", seen_at, nested from main.budgets order by guid'

    assert warehouse.execute(query).fetchall() == [
        ("B1", None, None, None),
        ("B2", "x", datetime(1970, 1, 1, tzinfo=UTC), {"a": 1, "b": ["y"]}),
    ]


def test_columns_are_the_catalogues_then_new_ones_then_lineage(warehouse: Warehouse) -> None:
    columns = _columns(warehouse, "main.budgets")

    lineage = ["_client_guid", "_snapshot_date", "_source_file", "_row_number"]
    assert columns[0] == "guid"
    assert columns[-7:] == ["Extra", "seen_at", "nested", *lineage]


def test_a_new_resource_without_a_guid_is_a_log(warehouse: Warehouse) -> None:
    query = 'select date, event, "select", placed_at, valid_on from main."order" order by all'
    first: tuple[Any, ...] = ("d", "e", 1, datetime(1970, 1, 1, tzinfo=UTC), date(2026, 1, 1))

    assert warehouse.execute(query).fetchall() == [
        first,
        (None, None, None, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), None),
    ]


def test_new_resources_are_listed_and_their_misfits_counted(warehouse: Warehouse) -> None:
    listed = "select resource, file_count, row_count from ops.new_resources order by all"
    misfits = "select column_name, row_count from ops.misfits where _source_file like '%.order.%'"

    assert warehouse.execute(listed).fetchall() == [
        ("group", 2, 4),
        ("order", 2, 3),
        ("widening", 3, 3),
    ]
    assert warehouse.execute(misfits).fetchall() == [("valid_on", 1)]


def test_a_baseline_comes_before_its_day_and_after_earlier_ones(warehouse: Warehouse) -> None:
    query = "select guid, name from main.goals order by guid"

    assert warehouse.execute(query).fetchall() == [
        ("gone before", "first"),
        ("in both", "second"),
        ("kept", "created 1"),
        ("new after", "created 4"),
        ("new that day", "created 3"),
    ]


def test_a_baseline_gives_versions_as_every_other_row(warehouse: Warehouse) -> None:
    query = "select _event, _version, valid_to from history.goals where guid = ? order by _version"
    third, fourth = date(2026, 1, 3), date(2026, 1, 4)

    assert warehouse.execute(query, ["gone that day"]).fetchall() == [("baseline", 1, third)]
    assert warehouse.execute(query, ["new after"]).fetchall() == [
        ("baseline", 1, fourth),
        ("created", 2, None),
    ]
    assert warehouse.execute(query, ["in both"]).fetchall() == [
        ("baseline", 1, third),
        ("baseline", 2, None),
    ]


def test_a_log_keeps_the_rows_of_a_baseline(warehouse: Warehouse) -> None:
    query = "select path, _source_file from main.analytics_pageviews"

    assert warehouse.execute(query).fetchall() == [
        ("/", f"{CLIENT}.2026-01-03.analytics_pageviews.baseline")
    ]


def test_a_baseline_is_no_delivery(warehouse: Warehouse) -> None:
    """Its files are counted beside the day's own, each of them once."""
    landed = """
        select file from ops.landed_files
        where resource = 'goals' and event = 'baseline' order by all
    """
    counts = """
        select files_landed, baseline_files, baseline_files_landed, is_complete
        from ops.deliveries where client_guid = ? and snapshot_date = '2026-01-03'
    """
    stem = f"{CLIENT}.2026-01-03.goals.baseline"

    assert warehouse.execute(landed).fetchall() == [(stem,), (f"{stem}-0002",)]
    (daily, *baseline, is_complete), *_ = warehouse.execute(counts, [CLIENT]).fetchall()
    assert daily > 0
    assert baseline == [3, 3]
    assert is_complete is False


def test_nothing_landed_builds_empty_typed_tables(tmp_path: Path) -> None:
    data = tmp_path / "it's a folder"
    data.mkdir()

    run_dbt("build", target=tmp_path / "target", cwd=tmp_path, data=data)

    warehouse = open_warehouse(data)
    described = warehouse.execute("describe main.accounts").fetchall()
    assert ("balance", "DECIMAL(18,2)") in [tuple(column[:2]) for column in described]
    assert warehouse.execute("select count(*) from main.accounts").fetchone() == (0,)
