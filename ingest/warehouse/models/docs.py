"""Describe the warehouse's tables in one page that needs no server: `just docs`."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ingest.errors import WarehouseError
from ingest.settings.isolation import child_environment
from ingest.store.durable import write_in_place
from ingest.store.lock import run_lock
from ingest.warehouse.dbt import DBT, dbt_environment
from ingest.warehouse.models.catalogue import RESOURCES, Catalogue, Column, read_catalogue

PAGE: Final = "docs.html"
COMMAND: Final = (str(DBT), "--quiet", "docs", "generate")


def write_docs(data: Path) -> Path:
    """Have dbt describe the warehouse, and write the page.

    Raises:
        LockError: an ingest or a build is at work in the data folder.
        WarehouseError: there is no warehouse, or dbt failed.
    """
    warehouse, page, target = data / "warehouse.duckdb", data / PAGE, data / "dbt" / "target"
    if not warehouse.exists():
        message = f"{warehouse}: expected a warehouse, found none; make it with: just build"
        raise WarehouseError(message)
    with run_lock(data, run_id=f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-docs"):
        _run_dbt(data)
    manifest, tables = (
        json.loads((target / name).read_text()) for name in ("manifest.json", "catalog.json")
    )
    describe_columns(manifest, tables=tables, catalogue=read_catalogue())
    text = _fill_in((target / "index.html").read_text(), manifest, tables)
    write_in_place(page, text.encode())
    return page


def describe_columns(
    manifest: dict[str, Any], *, tables: dict[str, Any], catalogue: Catalogue
) -> None:
    """Give the columns of `main` and `history` the descriptions that the YAML has for staging.

    dbt knows only what the YAML says of a table itself. The columns of a source in `ops` get the
    descriptions of that table.

    Args:
        tables: the columns that tables have, as dbt found them.
    """
    for kind in ("nodes", "sources"):
        for key, found in tables[kind].items():
            node = manifest[kind][key]
            if node["schema"] in RESOURCES or (kind == "sources" and node["schema"] == "ops"):
                model = node["name"] if kind == "nodes" else ""
                described = catalogue.table(node["schema"], found["metadata"]["name"], model)
                node["columns"] = {
                    name: _column(name, described.column(name)) for name in found["columns"]
                }


def _column(name: str, column: Column) -> dict[str, Any]:
    meta = {"privacy": column.privacy} if column.privacy else {}
    return {"name": name, "description": column.description, "meta": meta, "tags": []}


def _run_dbt(data: Path) -> None:
    environment = child_environment() | dbt_environment(data)
    done = subprocess.run(COMMAND, env=environment, check=False)  # noqa: S603 - own command
    if done.returncode:
        raise WarehouseError("dbt docs generate: expected to succeed, found the failures above")


def _fill_in(page: str, manifest: dict[str, Any], tables: dict[str, Any]) -> str:
    """Write what the page asks a server for into the page itself, as `--static` does."""
    for name, content in {"MANIFEST": manifest, "CATALOG": tables}.items():
        text = json.dumps(content).replace("</", "<\\/")
        page = page.replace(f'"{name}.JSON INLINE DATA"', text)
    return page
