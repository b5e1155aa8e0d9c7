"""Bring an index up to the end of the record; if the record was changed, make it again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Final

from ingest.errors import LedgerError
from ingest.store.index.fold.record import fold
from ingest.store.index.months import Month, find_unread, read_months, write_month
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.database import NAME, Index
from ingest.store.record.lines import end_last_line, ledger_files, read_on, unreadable

RECORDS_AT_ONCE: Final = 100_000
"""How many are read while other processes wait for the index."""
_NOT_OURS: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_IN_THE_WAY: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY}
_FIRST_BYTE: Final = 0xFF
"""Of an error's code: what kind it is."""


@contextmanager
def open_state(folder: Path, *, repairs: bool = False) -> Iterator[LedgerState]:
    """Open the facts of a ledger up to its last record; the index is written if that is allowed.

    Args:
        repairs: drop what a crash left at the end of a file, as `read_on` does.

    Raises:
        LedgerError: the ledger cannot be read, a line is no record, or the index cannot be used.
    """
    path = folder / NAME
    try:
        with _opened(path, folder, repairs=repairs) as state:
            yield state
    except sqlite3.DatabaseError as error:
        if _kind(error) not in _IN_THE_WAY | _NOT_OURS:
            path.unlink(missing_ok=True)
        raise LedgerError(
            f"{path}: expected to read and write it, found {error}; "
            "run again: a damaged or absent index is made again"
        ) from error


@contextmanager
def open_state_at(path: Path, folder: Path) -> Iterator[LedgerState]:
    """Open what a ledger says by an index at another path.

    Raises: as `open_state` does.
    """
    state = _caught_up(path, folder, repairs=False)
    try:
        yield state
    finally:
        state.index.close()


@contextmanager
def _opened(path: Path, folder: Path, *, repairs: bool) -> Iterator[LedgerState]:
    with TemporaryDirectory(prefix="mx-index-") as scratch:
        state = _open(path, folder, scratch=Path(scratch), repairs=repairs)
        try:
            yield state
        finally:
            state.index.close()


def _open(path: Path, folder: Path, *, scratch: Path, repairs: bool) -> LedgerState:
    """Open the index. A damaged one is made again; a read-only one is copied to scratch first."""
    if not ledger_files(folder) and not folder.exists():
        return LedgerState(Index.open(None), folder)
    try:
        return _caught_up(path, folder, repairs=repairs)
    except sqlite3.DatabaseError as error:
        if _kind(error) in _IN_THE_WAY:
            raise
        if _kind(error) not in _NOT_OURS:
            path.unlink(missing_ok=True)
            return _caught_up(path, folder, repairs=repairs)
    for name in (NAME, f"{NAME}-journal"):
        with suppress(OSError):
            copyfile(folder / name, scratch / name)
    return _caught_up(scratch / NAME, folder, repairs=repairs)


def _caught_up(path: Path, folder: Path, *, repairs: bool) -> LedgerState:
    index = Index.open(path)
    try:
        state = LedgerState(index, folder)
        while not catch_up(state, repairs=repairs):
            state.forget()
    except BaseException:
        index.close()
        raise
    return state


def catch_up(state: LedgerState, *, repairs: bool = False) -> bool:
    """Apply records that the index does not know yet.

    Returns:
        True if none is left; else call it again.

    Raises:
        LedgerError: a file cannot be read, or a line is no record.
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
            state.index.empty()
            unread = [(path, 0) for path in files]
        state.forget()
        is_done = _apply(state, unread, repairs=repairs)
        state.write()
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
            if count >= RECORDS_AT_ONCE:
                break
        write_month(state.index.database, path.name, Month.read(path, position, before=before))
        if count >= RECORDS_AT_ONCE:
            return False
    return True


def _kind(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & _FIRST_BYTE
