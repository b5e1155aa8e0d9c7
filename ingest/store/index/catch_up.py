"""Bring an index up to the end of the record; if the record was changed, make it again."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ingest.errors import LedgerError
from ingest.store.index.fold_record import fold
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.database import NAME, Index
from ingest.store.index.tables.faults import as_ledger_error, is_damage
from ingest.store.index.tables.months import Month, find_unread, read_months, write_month
from ingest.store.lines import end_last_line, ledger_files, read_on, unreadable

RECORDS_AT_ONCE: Final = 100_000
"""How many are read while other processes wait for the index."""
ATTEMPTS: Final = 5
"""More than one, as another process may remove the same damaged index at the same time."""


@contextmanager
def open_state(folder: Path, *, repairs: bool = False) -> Iterator[LedgerState]:
    """Open what a ledger says up to its last record; the index is written if that is allowed.

    Args:
        repairs: drop what a crash left at the end of a file, as `read_on` does.

    Raises:
        LedgerError: the ledger cannot be read, a line is no record, or the index cannot be used.
    """
    if not ledger_files(folder) and not folder.exists():
        with closing(Index.open(None)) as index:
            yield LedgerState(index, folder)
        return
    with _writable(folder) as path, as_ledger_error(path):
        state = _open(path, folder, repairs=repairs)
        try:
            yield state
        finally:
            state.index.close()


@contextmanager
def _writable(folder: Path) -> Iterator[Path]:
    """Give the path of the index, or of a copy for a reader who may not write the folder."""
    path = folder / NAME
    if path.exists() and not path.is_file():
        raise LedgerError(f"{path}: expected a file or nothing, found a folder; remove it")
    if os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
        yield path
        return
    with TemporaryDirectory(prefix="mx-index-") as scratch:
        with suppress(sqlite3.DatabaseError):
            _copy(path, Path(scratch, NAME))
        yield Path(scratch, NAME)


def _copy(path: Path, target: Path) -> None:
    """Copy an index while other processes may write it."""
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database,
        closing(sqlite3.connect(target)) as copy,
    ):
        database.backup(copy)


def _open(path: Path, folder: Path, *, repairs: bool, attempts: int = ATTEMPTS) -> LedgerState:
    """Open an index; one that is damaged, or of another record, is removed and made again."""
    inode = _inode(path)
    try:
        return open_state_at(path, folder, repairs=repairs)
    except sqlite3.DatabaseError as error:
        if attempts == 1 or not is_damage(error):
            raise
    if inode == _inode(path):
        path.unlink(missing_ok=True)
    return _open(path, folder, repairs=repairs, attempts=attempts - 1)


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def open_state_at(path: Path, folder: Path, *, repairs: bool = False) -> LedgerState:
    """Open what a ledger says by an index at any path.

    Raises:
        LedgerError: a file of the ledger cannot be read, or a line is no record.
        sqlite3.DatabaseError: the index cannot be used.
    """
    with ExitStack() as unless_opened:
        index = Index.open(path)
        unless_opened.callback(index.close)
        state = LedgerState(index, folder)
        while not _catch_up(state, repairs=repairs):
            state.forget()
        unless_opened.pop_all()
    return state


def reopen(state: LedgerState) -> None:
    """Go on, as a run, with the index that lies at the path now.

    Raises: as `open_state_at` does.
    """
    opened = _open(state.folder / NAME, state.folder, repairs=True)
    state.use(opened.index)


def _catch_up(state: LedgerState, *, repairs: bool) -> bool:
    """Apply records that the index does not know yet.

    Returns:
        True if none is left; else call it again.

    Raises: as `open_state_at` does.
    """
    files = ledger_files(state.folder)
    try:
        is_done = _read_more(state, files, repairs=repairs)
        ended = [path for path in files if is_done and repairs and end_last_line(path)]
    except OSError as error:
        raise unreadable(Path(str(error.filename)), error) from error
    return is_done and not ended


def _read_more(state: LedgerState, files: list[Path], *, repairs: bool) -> bool:
    """Apply the next records; True if these were the last."""
    database = state.index.database
    if find_unread(files, read_months(database)) == []:
        return True
    with state.index.writing():
        unread = find_unread(files, read_months(database))
        if unread is None:
            raise sqlite3.DatabaseError("an index of another record")
        state.forget()
        is_done = _apply(state, unread, repairs=repairs)
        state.write()
        state.drop_changes()
        return is_done


def _apply(state: LedgerState, unread: list[tuple[Path, int]], *, repairs: bool) -> bool:
    count = 0
    for path, start in unread:
        before, position = path.stat(), start
        for record, after in read_on(path, start, repairs=repairs):
            position = after
            if record:
                fold(state, record)
            count += 1
            if state.is_large:
                state.write()
                state.drop_changes()
            if count >= RECORDS_AT_ONCE:
                break
        write_month(state.index.database, path.name, Month.read(path, position, before=before))
        if count >= RECORDS_AT_ONCE:
            return False
    return True
