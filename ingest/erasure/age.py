"""Find the rows before a day that no later day needs: `ingest retain` takes them out.

The last event of each key before that day stays, as a baseline of the day would have it. So state,
and history from that day on, stay the same. Rows without a key go.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from ingest.delivery.owners import OWN_KEY
from ingest.erasure.find import landed_files
from ingest.landing.check_file import Verified
from ingest.landing.erased.screen import Unwanted
from ingest.store.keys_and_paths import key_at
from ingest.warehouse.database import Database, literal, open_to_write
from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.models.resources import read_resources

COLUMNS: Final = pa.schema(
    [
        (OWN_KEY, pa.string()),
        ("_event", pa.string()),
        ("_snapshot_date", pa.date32()),
        ("_source_file", pa.string()),
        ("_source_sha256", pa.string()),
        ("_row_number", pa.int64()),
    ]
)
_QUERY: Final = """
    select _source_file, _source_sha256, list(_row_number order by _row_number)
    from (
        select *, row_number() over (
            partition by guid
            order by
                _snapshot_date desc,
                array_position(['baseline', 'created', 'updated', 'deleted'], _event) desc,
                _source_file desc,
                _row_number desc
        ) as age
        from events
    )
    where guid is null or age > 1 or {is_log}
    group by all
"""
"""The order is that of `event_order` in dbt's macros."""


@dataclass(slots=True)
class Aged:
    """The rows of one client that are too old."""

    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """By the source file and the hash of its contents."""
    resources: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many files and rows of each resource."""
    paths: set[str] = field(default_factory=set)
    """The landed files that hold them."""
    left_out: list[str] = field(default_factory=list)
    """Resources whose keys are no texts: none of their rows is known to be superseded."""

    def note(
        self, resource: str, rows: dict[tuple[str, str], list[int]], by_file: dict[Path, str]
    ) -> None:
        """Take in the rows of a resource, whose files are given with their source files."""
        if rows:
            stems = {stem for stem, _ in rows}
            self.rows |= rows
            self.paths |= {str(path) for path, stem in by_file.items() if stem in stems}
            self.resources[resource] = (len(rows), sum(map(len, rows.values())))

    def find(self, verified: Verified) -> Unwanted | None:
        """Give the rows to take out of a file, if it still has the contents that were looked at."""
        rows = self.rows.get((verified.candidate.file.stem, verified.plain.sha256))
        return Unwanted(rows=rows) if rows else None


def find_aged(data: Path, *, client: str, before: date, memory_bytes: int, scratch: Path) -> Aged:
    """Find the rows of a client's landing before a day that are superseded or have no key.

    Args:
        memory_bytes: what DuckDB may use before it spills.
        scratch: where it spills.
    """
    aged = Aged()
    logs = {each.name for each in read_resources(PROJECT) if each.is_log}
    with open_to_write(Path(":memory:")) as database:
        database.execute(f"set memory_limit = {literal(f'{memory_bytes}B')}")
        database.execute(f"set temp_directory = {literal(scratch / 'spilled')}")
        for resource, paths in landed_files(data, client=client).items():
            old = [path for path in paths if _is_before(path, before)]
            if not all(map(_has_texts_as_keys, old)):
                aged.left_out.append(resource)
                continue
            by_file = {path: _stem(path) for path in old if _has_rows(path)}
            if by_file:
                rows = _superseded(database, [*by_file], is_log=resource in logs)
                aged.note(resource, rows, by_file)
    return aged


def find_all(verified: Verified) -> Unwanted | None:
    """Give all rows of a file that has not landed and is too old."""
    rows = list(range(verified.converted.row_count))
    return Unwanted(rows=rows) if rows else None


def _superseded(
    database: Database, paths: list[Path], *, is_log: bool
) -> dict[tuple[str, str], list[int]]:
    dataset = ds.dataset([str(path) for path in paths], schema=COLUMNS, format="parquet")
    database.register("events", dataset)
    rows = database.execute(_QUERY.format(is_log=str(is_log).lower())).fetchall()
    return {(stem, sha256): numbers for stem, sha256, numbers in rows}


def _is_before(path: Path, day: date) -> bool:
    key = key_at(str(path))
    return key is not None and key.delivery.snapshot_date < day


def _has_texts_as_keys(path: Path) -> bool:
    schema = pq.read_schema(path)
    return OWN_KEY not in schema.names or pa.types.is_string(schema.field(OWN_KEY).type)


def _has_rows(path: Path) -> bool:
    return bool(pq.read_metadata(path).num_rows)


def _stem(path: Path) -> str:
    """Read the name of the daily file from its first row."""
    rows = pq.ParquetFile(path).iter_batches(batch_size=1, columns=["_source_file"])
    stem: str = next(rows).column(0)[0].as_py()
    return stem
