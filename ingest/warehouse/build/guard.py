"""Lock the data folder before a build writes, and check the ledger that it reads."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ingest.errors import LedgerError, LockError, SettingsError, WarehouseError
from ingest.store.durable import make_folder
from ingest.store.facts import What
from ingest.store.lines import end_last_line, ledger_files
from ingest.store.lock import run_lock
from ingest.warehouse.build.last_build import read_marks
from ingest.warehouse.build.marks import Marks, find_new_lines, size_in
from ingest.warehouse.database import (
    Database,
    DatabaseError,
    NoSuchTable,
    first_line,
    open_to_write,
)

HELD_BY: Final = "MX_BUILD_LOCK_HELD_BY"
"""The process that holds the run lock, for the dbt that it starts."""
REMAKE: Final = "{warehouse} has the layout of an older version: it is made anew"
PATTERNS: Final = set("[]*?")
_HOLDER: Final = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_held = ExitStack()


@contextmanager
def build_guard(data: Path, *, is_anew: bool) -> Iterator[None]:
    """Lock the data folder for a build, and check the ledger.

    Args:
        is_anew: whether all of the ledger is read again, and not only what is new in it.

    Raises:
        LockError: an ingest, another build or another program has it.
        LedgerError: the ledger is absent, shorter than it was, damaged, or has lost landed files.
        SettingsError: the folder's name would be taken for a pattern.
    """
    if found := PATTERNS & set(str(data)):
        raise SettingsError(
            f"MX_DATA: expected a folder whose name DuckDB does not take for a pattern, found "
            f"{' '.join(sorted(found))} in {data}; move it to another name"
        )
    with run_lock(data, run_id=f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-build"):
        _check(data, is_anew=is_anew)
        yield


def hold_until_exit(data: Path, *, is_anew: bool) -> None:
    """Guard a build until this process ends, unless the process that started it does so."""
    if os.environ.get(HELD_BY) != str(os.getppid()):
        _held.enter_context(build_guard(data, is_anew=is_anew))


def release() -> None:
    """Release the lock that this process holds."""
    _held.close()


def _check(data: Path, *, is_anew: bool) -> None:
    warehouse = data / "warehouse.duckdb"
    make_folder(data / "dbt")
    if warehouse.exists():
        with _open_alone(warehouse) as opened:
            is_older = _is_of_older_layout(opened)
            if not is_older:
                check_ledger(data, opened, is_anew=is_anew)
        if is_older:
            print(REMAKE.format(warehouse=warehouse))  # noqa: T201 - beside dbt's own lines
            for path in (warehouse, warehouse.with_name("warehouse.duckdb.wal")):
                path.unlink(missing_ok=True)
    if not warehouse.exists():
        check_ledger(data, None, is_anew=True)


@contextmanager
def _open_alone(warehouse: Path) -> Iterator[Database]:
    """Open a warehouse as only one process can."""
    try:
        opened = open_to_write(warehouse)
    except DatabaseError as error:
        holder = _HOLDER.search(str(error))
        if holder is None:
            raise _unreadable(warehouse, error) from error
        raise LockError(
            f"{warehouse}: expected to be alone, found it open in {holder['program']} "
            f"(process {holder['pid']}); close it there: readers open "
            f"{warehouse.parent / 'serve' / warehouse.name}"
        ) from error
    with opened:
        yield opened


def _unreadable(warehouse: Path, error: DatabaseError) -> WarehouseError:
    return WarehouseError(
        f"{warehouse}: expected to open it, found {first_line(error)}; remove it, and the next "
        "build makes it anew from what has landed"
    )


def _is_of_older_layout(warehouse: Database) -> bool:
    """Tell a warehouse of version 0.1 by a column that its bookkeeping had."""
    query = """
        select count(*) from duckdb_columns()
        where schema_name = 'ops' and table_name = 'applied_files' and column_name = 'consumer'
    """
    return warehouse.execute(query).fetchall() != [(0,)]


def check_ledger(data: Path, warehouse: Database | None, *, is_anew: bool) -> None:
    """Read strictly what is new in the ledger since the last build of a warehouse.

    Raises:
        LedgerError: it is absent, shorter than it was, damaged, or has lost landed files.
    """
    ledger, marks = data / "ledger", _known_marks(warehouse)
    sizes = {path.name: path.stat().st_size for path in ledger_files(ledger)}
    if not sizes and (marks or any((data / "landing").glob("*/*/*/*.parquet"))):
        raise LedgerError(f"ledger {ledger}: expected its files, found none; {RESTORE}")
    for name, mark in marks.items():
        if (found := sizes.get(name, 0)) < size_in(mark):
            raise LedgerError(
                f"ledger {ledger / name}: expected at least the {size_in(mark)} bytes of the last "
                f"build, found {found}; {RESTORE}"
            )
    for lines in find_new_lines(ledger, {} if is_anew else marks):
        records = lines.records(repairs=True)
        landed = {record["path"] for record in records if record["what"] == What.LANDED}
        end_last_line(lines.path)
        if lines.start == 0 and (lost := _landed_before(warehouse, lines.path.name) - landed):
            raise LedgerError(
                f"ledger {lines.path}: expected a record of each landed file, found none of "
                f"{min(lost)} ({len(lost)} in all); {RESTORE}"
            )


RESTORE: Final = (
    "restore the ledger from a backup; to build from it as it is, remove warehouse.duckdb first"
)


def _known_marks(warehouse: Database | None) -> Marks:
    """Read the marks of a warehouse; it has none before its first build."""
    with suppress(NoSuchTable):
        return read_marks(warehouse) if warehouse else {}
    return {}


def _landed_before(warehouse: Database | None, name: str) -> set[str]:
    """Read which files had landed by one file of the ledger; none before the first build."""
    query = "select path from ops.ledger where what = 'landed' and ledger_file = ?"
    with suppress(NoSuchTable):
        return (
            {path for (path,) in warehouse.execute(query, [name]).fetchall()}
            if warehouse
            else set()
        )
    return set()
