"""Read when the last build was complete, and which release readers see."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb

from ingest.errors import PublishError
from ingest.status.report.served import Served
from ingest.store.ledger.facts import Landed
from ingest.store.ledger.keys import Place
from ingest.store.paths import landing_path
from ingest.store.releases import Releases
from ingest.warehouse.build.completeness import GOOD, unreadable_files
from ingest.warehouse.publish.database import RELEASE, quoted

MOST_PROBLEMS: Final = 5
BUILD: Final = "build with: just build"


def read_served(data: Path, *, landed: dict[Place, Landed]) -> Served:
    """Look at the warehouse and at the release.

    Args:
        landed: what of each file is in the landing, as the ledger knows.
    """
    release, built_at, problems = _read_release(Releases(data / "serve"))
    warehouse = data / "warehouse.duckdb"
    facts: dict[str, Any] = {"release": release, "built_at": built_at}
    if not warehouse.exists():
        missing = [f"{warehouse}: expected a warehouse, found none; {BUILD}"] if landed else []
        return Served(**facts, problems=[*problems, *missing], files_to_build=len(landed))
    try:
        with duckdb.connect(str(warehouse), read_only=True) as opened:
            opened.execute("set TimeZone = 'UTC'")
            built = _read_build(opened, data, landed=landed)
    except duckdb.Error as error:
        first_line = str(error).partition("\n")[0]
        is_open = "lock" in first_line.lower()
        found = "a build at work, or the file open elsewhere" if is_open else first_line
        problems.append(f"{warehouse}: expected to read it, found {found}")
        return Served(**facts, problems=problems)
    return Served(**facts, **built | {"problems": [*problems, *built["problems"]]})


def _read_build(
    opened: duckdb.DuckDBPyConnection, data: Path, *, landed: dict[Place, Landed]
) -> dict[str, Any]:
    finished = opened.execute("select finished_at from ops.finished").fetchall()
    query = "select path, plain_sha256, record_count from ops.applied_files"
    applied = {path: (sha256, rows) for path, sha256, rows in opened.execute(query).fetchall()}
    to_build = 0
    for place, file in landed.items():
        sha256, rows = applied.get(landing_path(place).as_posix(), (None, 0))
        to_build += sha256 != file.plain_sha256 and bool(rows or file.record_count)
    return {
        "finished_at": finished[0][0] if finished else None,
        "problems": [] if finished else [*unreadable_files(opened), *_failed_nodes(data)],
        "files_to_build": to_build,
    }


def _failed_nodes(data: Path) -> list[str]:
    """Name what failed in dbt's last run; where nothing did, the build was one of a part."""
    path = data / "dbt" / "target" / "run_results.json"
    try:
        results = json.loads(path.read_text())["results"]
    except (OSError, ValueError, KeyError):
        results = []
    failed = [
        f"{each['unique_id'].split('.')[2]}: expected to pass, found {each['status']}"
        for each in results
        if each["status"] not in {*GOOD, "skipped"}
    ]
    said = failed or ["the last build was stopped, or left something out"]
    more = [f"and {len(said) - MOST_PROBLEMS} more"] if len(said) > MOST_PROBLEMS else []
    return [*said[:MOST_PROBLEMS], *more]


def _read_release(releases: Releases) -> tuple[int | None, datetime | None, list[str]]:
    """Say which release readers see, and when the build that it shows was complete."""
    try:
        current = releases.current()
    except PublishError as error:
        return None, None, [str(error)]
    if current is None:
        return None, None, []
    path = releases.folder(current) / "warehouse.duckdb"
    try:
        with duckdb.connect(str(path), read_only=True) as opened:
            opened.execute("set TimeZone = 'UTC'")
            [(built_at,)] = opened.execute(f"select built_at from {quoted(*RELEASE)}").fetchall()
    except duckdb.Error as error:
        first_line = str(error).partition("\n")[0]
        return current, None, [f"{path}: expected to read it, found {first_line}"]
    return current, built_at, []
