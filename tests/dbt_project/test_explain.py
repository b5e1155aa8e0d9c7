"""A record's events are listed in order, with the reason why it is or is not shown."""

from pathlib import Path

import pytest

from ingest.errors import UnknownNameError, WarehouseError
from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.models.explain import RecordLife, explain_record
from tests.dbt_project.conftest import Warehouse
from tests.dbt_project.landing import CLIENT, OTHER_CLIENT


@pytest.fixture
def path(warehouse: Warehouse) -> Path:
    """Where the warehouse of these tests lies."""
    query = "select path from duckdb_databases() where database_name = current_database()"
    [(found,)] = warehouse.execute(query).fetchall()
    return Path(found)


def explain(path: Path, resource: str, guid: str) -> list[RecordLife]:
    return explain_record(resource, guid, warehouse=path, project=PROJECT)


def test_each_client_has_a_record_of_its_own(path: Path) -> None:
    lives = explain(path, "users", "U2")

    assert [(life.client_guid, life.is_shown) for life in lives] == [
        (CLIENT, False),
        (OTHER_CLIENT, True),
    ]


def test_an_event_tells_its_file_row_and_checksum_and_what_it_changed(path: Path) -> None:
    created, deleted = explain(path, "users", "U2")[0].events

    assert (created.event, created.snapshot_date, created.row_number) == (
        "created",
        "2026-01-01",
        1,
    )
    assert created.source_file == f"{CLIENT}.2026-01-01.users.created"
    assert len(created.source_sha256) == 64
    assert created.changed == {"guid": (None, "U2")}
    assert (deleted.event, deleted.changed) == ("deleted", {})


@pytest.mark.parametrize(
    ("resource", "guid", "why"),
    [
        ("users", "U1", f"its values are those of row 0 of {CLIENT}.2026-01-01.users.created"),
        ("users", "U2", "deleted on 2026-01-02, and nothing came after"),
        ("members", "M2", "hidden with its user_guid U2, which is deleted or hidden itself"),
        ("accounts", "A2", "hidden with its member_guid M2, which is deleted or hidden itself"),
        (
            "transactions",
            "T2",
            "hidden with its account_guid A2, which is deleted or hidden itself",
        ),
    ],
)
def test_why_a_record_is_or_is_not_there(path: Path, resource: str, guid: str, why: str) -> None:
    assert explain(path, resource, guid)[0].why == why


@pytest.mark.parametrize(
    ("resource", "guid"), [("users", "nobody"), ("nothing", "U1"), ("visits", "U1")]
)
def test_what_nobody_knows_is_told(path: Path, resource: str, guid: str) -> None:
    with pytest.raises(UnknownNameError, match=f"{resource}.*: expected"):
        explain(path, resource, guid)


def test_a_warehouse_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="make it with: just build"):
        explain(tmp_path / "none.duckdb", "users", "U1")


@pytest.mark.parametrize(
    ("resource", "hint"), [("user", "did you mean users?"), ("xyz", "there are accounts, ")]
)
def test_a_resource_that_is_none_suggests_one(path: Path, resource: str, hint: str) -> None:
    with pytest.raises(UnknownNameError) as told:
        explain(path, resource, "U1")

    assert hint in str(told.value)
