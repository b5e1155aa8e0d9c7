"""From what the last whole build was made, so that the same is not built again.

The mark lies in the warehouse. dbt takes it away before it writes anything (`create_bookkeeping`),
and it is set after a build that ended well: a mark that is missing costs one build, no more.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

import duckdb

from ingest.dbt import PROJECT

WRITTEN_BY_DBT: Final = {"target", "logs", "dbt_packages"}


def fingerprint(data: Path) -> str:
    """Tell in one text what a build depends on: the ledger, dbt's project, and what runs it.

    The views in a warehouse name the data folder, so a warehouse that was moved is built again.
    """
    parts = [str(data.absolute()), *_programs(), *_project(), *_ledger(data)]
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()


def is_built(warehouse: Path, *, of: str) -> bool:
    """Say whether a warehouse is known to be built from this; not if it cannot be asked."""
    if not warehouse.exists():
        return False
    with suppress(duckdb.Error), duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute("from ops.built").fetchall() == [(of,)]
    return False


def remember_build(warehouse: Path, *, of: str) -> None:
    """Set the mark; where someone else has the warehouse open by now, leave it."""
    with suppress(duckdb.Error), duckdb.connect(str(warehouse)) as connection:
        connection.execute("insert into ops.built values (?)", [of])


def _programs() -> Iterator[str]:
    for package in ("dbt-core", "dbt-duckdb", "duckdb"):
        yield f"{package} {version(package)}"
    for name, value in sorted(os.environ.items()):
        if name.startswith("DBT_"):
            yield f"{name} {value}"


def _project() -> Iterator[str]:
    for path in sorted(PROJECT.rglob("*")):
        place = path.relative_to(PROJECT)
        if place.parts[0] not in WRITTEN_BY_DBT and path.is_file():
            yield f"{place} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _ledger(data: Path) -> Iterator[str]:
    """A ledger only grows; one that was put back from elsewhere has other times."""
    for path in sorted((data / "ledger").glob("*.jsonl")):
        status = path.stat()
        yield f"{path.name} {status.st_size} {status.st_mtime_ns}"
