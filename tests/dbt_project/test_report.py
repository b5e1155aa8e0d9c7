"""The changes of schema in a report, which needs no warehouse, are those of the warehouse."""

from pathlib import Path

from ingest.status.report.history import read_history
from ingest.status.report.schema_changes import schema_changes
from ingest.store.ledger.ledger import read_records
from tests.dbt_project.conftest import Warehouse

NOT_WRITTEN = {"encrypted_sha256": "", "encrypted_bytes": 0, "plain_bytes": 0}
"""What `ingest` records of a file and these landings do not; no schema depends on it."""


def test_a_report_tells_the_changes_that_the_warehouse_tells(warehouse: Warehouse) -> None:
    [(path,)] = warehouse.execute(
        "select path from duckdb_databases() where database_name = 'warehouse'"
    ).fetchall()
    told = warehouse.execute(
        "select first_date, resource, field, change, landed_type from ops.schema_changes"
    ).fetchall()

    records = read_records(Path(path).parent / "ledger")
    of_files = (NOT_WRITTEN | each for each in records if each["what"] in ("schema", "landed"))
    changes = schema_changes(read_history(of_files))

    found = [(c.first_date, c.resource, c.field, c.change, c.landed_type) for c in changes]
    assert {change for _, _, _, change, _ in told} == {"added", "widened", "vanished"}
    assert sorted(found, key=str) == sorted(told, key=str)
