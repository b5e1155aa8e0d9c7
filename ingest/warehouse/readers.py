"""Read whether the last build was complete, and which release readers see."""

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ingest.errors import PublishError
from ingest.status.report.readers import Served
from ingest.store.facts import What
from ingest.warehouse.build.completeness import GOOD, list_unreadable_files
from ingest.warehouse.build.last_build import (
    find_changed,
    new_records,
    newest_of_files,
    read_marks,
)
from ingest.warehouse.database import (
    Database,
    DatabaseError,
    NoSuchTable,
    first_line,
    open_to_read,
    quoted,
)
from ingest.warehouse.dbt import BUILD_COMMAND
from ingest.warehouse.publish.release_database import RELEASE
from ingest.warehouse.publish.releases_on_disk import Releases

MOST_PROBLEMS: Final = 5
BUILD: Final = f"build with: {BUILD_COMMAND}"
MISSED: Final = """
    select count(*)
    from (
        select
            path,
            max_by(what, recorded_at) as what,
            max_by(plain_sha256, recorded_at) as plain_sha256,
            max_by(record_count, recorded_at) as row_count
        from ops.ledger
        where what in ('landed', 'set_aside')
        group by path
    ) as latest
    left outer join ops.applied_files as applied on latest.path = applied.path
    where
        latest.what = 'landed'
        and latest.plain_sha256 is distinct from applied.plain_sha256
        and greatest(latest.row_count, applied.record_count) > 0
        and latest.path not in (select unnest(?::varchar[]))
"""


def read_served(data: Path, *, landed_files: int) -> Served:
    """Read the status of the warehouse and of the release.

    Args:
        landed_files: how many files are in the landing, as the ledger says.

    Raises:
        LedgerError: a line of the ledger that no build has read is damaged.
    """
    release, built_at, problems = _read_release(Releases(data / "serve"))
    warehouse = data / "warehouse.duckdb"
    facts: dict[str, Any] = {"release": release, "built_at": built_at}
    if not warehouse.exists():
        missing = f"{warehouse}: expected a warehouse, found none; {BUILD}"
        problems += [missing] if landed_files else []
        return Served(**facts, problems=problems, files_to_build=landed_files)
    try:
        with open_to_read(warehouse) as opened:
            built = _read_build(opened, data)
    except DatabaseError as error:
        is_open = "lock" in first_line(error).lower()
        found = "a build at work, or the file open elsewhere" if is_open else first_line(error)
        problems.append(f"{warehouse}: expected to read it, found {found}")
        return Served(**facts, problems=problems)
    return Served(**facts, **built | {"problems": [*problems, *built["problems"]]})


def _read_build(opened: Database, data: Path) -> dict[str, Any]:
    finished = opened.execute("select finished_at from ops.finished").fetchall()
    records = newest_of_files(new_records(data, read_marks(opened)))
    to_build = [each for each in find_changed(records, opened) if each["what"] == What.LANDED]
    missed = 0 if finished else _count_missed(opened, but=list(records))
    return {
        "finished_at": finished[0][0] if finished else None,
        "problems": [] if finished else [*list_unreadable_files(opened), *_failed_nodes(data)],
        "files_to_build": len(to_build) + missed,
    }


def _count_missed(opened: Database, *, but: list[str]) -> int:
    """Count the landed files that are in the warehouse's ledger, and whose rows are not built.

    Args:
        but: the paths of files about which the ledger has something newer.
    """
    with suppress(NoSuchTable):
        [(count,)] = opened.execute(MISSED, [but]).fetchall()
        return int(count)
    return 0


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
        with open_to_read(path) as opened:
            [(built_at,)] = opened.execute(f"select built_at from {quoted(*RELEASE)}").fetchall()
    except DatabaseError as error:
        return current, None, [f"{path}: expected to read it, found {first_line(error)}"]
    return current, built_at, []
