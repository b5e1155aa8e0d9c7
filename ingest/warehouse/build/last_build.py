"""The last complete build, and the files that have landed or gone since."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.store.facts import What
from ingest.warehouse.build.marks import Marks, find_new_lines
from ingest.warehouse.database import Database, DatabaseError, open_to_read

Records = dict[str, dict[str, Any]]
"""The newest record of each file that landed or was set aside, by its path."""
ABOUT_LANDING: Final = (What.LANDED, What.SET_ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBuild:
    """The last build, where it was complete."""

    project: str
    """A hash of dbt's project, and of what ran it (`hash_project`)."""
    has_news: bool
    """The ledger has new records that tables show: any but those of runs."""
    changed: list[dict[str, Any]]
    """The newest records of files whose rows the next build takes or removes."""


def read_last_build(data: Path) -> LastBuild | None:
    """Read what is known of a complete build; None where there is none, or it cannot be read.

    Raises:
        LedgerError: a new line of the ledger is damaged.
    """
    warehouse = data / "warehouse.duckdb"
    if not warehouse.exists():
        return None
    with suppress(DatabaseError), open_to_read(warehouse) as opened:
        for (project,) in opened.execute("select sources from ops.finished").fetchall():
            records = [
                record
                for record in new_records(data, read_marks(opened))
                if record["what"] != What.RUN
            ]
            changed = find_changed(newest_of_files(records), opened)
            return LastBuild(project=project, has_news=bool(records), changed=changed)
    return None


def read_marks(warehouse: Database) -> Marks:
    """Read how much of the ledger is in the warehouse."""
    return dict(warehouse.execute("select file, mark from ops.ledger_marks").fetchall())


def new_records(data: Path, marks: Marks) -> Iterator[dict[str, Any]]:
    """Yield the records that no build with these marks has read.

    Raises:
        LedgerError: a new line is damaged.
    """
    for lines in find_new_lines(data / "ledger", marks):
        yield from lines.records()


def newest_of_files(records: Iterable[dict[str, Any]]) -> Records:
    """Keep the newest record of each file that landed or was set aside."""
    return {record["path"]: record for record in records if record["what"] in ABOUT_LANDING}


def find_changed(records: Records, warehouse: Database) -> list[dict[str, Any]]:
    """Keep the records of files whose rows come or go in the next build."""
    query = """
        select path, plain_sha256, record_count from ops.applied_files
        where path in (select unnest(?::varchar[]))
    """
    rows = warehouse.execute(query, [list(records)]).fetchall() if records else []
    applied = {path: (sha256, row_count) for path, sha256, row_count in rows}
    return [record for path, record in records.items() if _is_changed(record, applied.get(path))]


def _is_changed(record: dict[str, Any], applied: tuple[str, int] | None) -> bool:
    sha256, row_count = applied or (None, 0)
    is_same = record["what"] == What.LANDED and record["plain_sha256"] == sha256
    return not is_same and bool(row_count or record.get("record_count"))
