"""Read the warehouse that dbt has built; nothing here writes to it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.errors import WarehouseError


@contextmanager
def open_warehouse(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse for reading, with UTC as its time zone.

    Raises:
        WarehouseError: there is none, it is being built, or a query fails.
    """
    with reading(path), duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tell in one line of a warehouse that is not there or cannot be read in the block.

    Raises:
        WarehouseError: so it is.
    """
    if not path.exists():
        raise WarehouseError(f"{path}: expected a warehouse, found none; make it with: just build")
    try:
        yield
    except duckdb.Error as error:
        first_line = str(error).partition("\n")[0]
        raise WarehouseError(f"{path}: expected to read it, found {first_line}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBuild:
    """What a warehouse knows of its last build, where that was complete."""

    sources: str
    """Hashes of what it was made from (`build_sources`)."""
    ledger_marks: dict[str, str]
    applied: dict[str, tuple[str, int]]
    """The SHA-256 and the rows of each landed file that it took, by path."""

    @property
    def project(self) -> str:
        return self.sources.partition(" ")[0]


def last_build(warehouse: Path) -> LastBuild | None:
    """Read what is known of a complete build; None where there is none, or it cannot be asked."""
    if not warehouse.exists():
        return None
    with suppress(duckdb.Error), duckdb.connect(str(warehouse), read_only=True) as opened:
        for (sources,) in opened.execute("select sources from ops.finished").fetchall():
            marks = opened.execute("select file, mark from ops.ledger_marks").fetchall()
            files = "select path, plain_sha256, record_count from ops.applied_files"
            rows = opened.execute(files).fetchall()
            applied = {path: (sha256, count) for path, sha256, count in rows}
            return LastBuild(sources=sources, ledger_marks=dict(marks), applied=applied)
    return None
