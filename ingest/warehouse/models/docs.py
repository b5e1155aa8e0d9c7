"""Describe the warehouse's tables in one page that needs no server: `just docs`."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ingest.errors import WarehouseError
from ingest.settings.isolation import child_environment
from ingest.store.durable import write_in_place
from ingest.store.lock import run_lock
from ingest.warehouse.database import expect_warehouse
from ingest.warehouse.dbt import DBT, dbt_environment

PAGE: Final = "docs.html"
COMMAND: Final = (str(DBT), "--quiet", "docs", "generate", "--static")


def write_docs(data: Path) -> Path:
    """Have dbt describe the warehouse, and write the page.

    Raises:
        LockError: an ingest or a build is at work in the data folder.
        WarehouseError: there is no warehouse, or dbt failed.
    """
    page, target = data / PAGE, data / "dbt" / "target"
    expect_warehouse(data / "warehouse.duckdb")
    with run_lock(data, run_id=f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-docs"):
        _run_dbt(data)
    write_in_place(page, (target / "static_index.html").read_bytes())
    return page


def _run_dbt(data: Path) -> None:
    environment = child_environment() | dbt_environment(data)
    done = subprocess.run(COMMAND, env=environment, check=False)  # noqa: S603 - own command
    if done.returncode:
        raise WarehouseError("dbt docs generate: expected to succeed, found the failures above")
