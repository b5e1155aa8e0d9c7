"""The changes of schema in a report, which needs no warehouse, are those of the warehouse."""

from pathlib import Path

from ingest.status.report.schema_changes import schema_changes
from ingest.store.index.catch_up import open_state
from tests.dbt_project.conftest import Warehouse


def test_a_report_tells_the_changes_that_the_warehouse_tells(warehouse: Warehouse) -> None:
    [(path,)] = warehouse.execute(
        "select path from duckdb_databases() where database_name = 'warehouse'"
    ).fetchall()
    told = warehouse.execute(
        "select first_date, resource, field, change, landed_type from ops.schema_changes"
    ).fetchall()

    with open_state(Path(path).parent / "ledger") as state:
        changes = schema_changes(state)

    found = [(c.first_date, c.resource, c.field, c.change, c.landed_type) for c in changes]
    assert {change for _, _, _, change, _ in told} == {"added", "widened", "vanished"}
    assert sorted(found, key=str) == sorted(told, key=str)
