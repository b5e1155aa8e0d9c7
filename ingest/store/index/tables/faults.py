"""Faults of an index: rows that nobody can read, and a file that SQLite cannot use."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from ingest.errors import LedgerError

_NO_SPACE: Final = "make sure that its disk works and has space, then run again"
_IN_THE_WAY: Final = {
    sqlite3.SQLITE_FULL: _NO_SPACE,
    sqlite3.SQLITE_IOERR: _NO_SPACE,
    sqlite3.SQLITE_BUSY: "another command uses it: run again when that has ended",
}
"""What makes no index worse, and what to do."""
_FIRST_BYTE: Final = 0xFF
"""Of an error's code: its kind."""
P = ParamSpec("P")
T = TypeVar("T")


def reads_rows(read: Callable[P, T]) -> Callable[P, T]:
    """Raise sqlite3.DatabaseError where a function finds values that the index never has."""

    @wraps(read)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise sqlite3.DatabaseError("a row that cannot be read") from error

    return checked


@contextmanager
def as_ledger_error(path: Path) -> Iterator[None]:
    """Remove an index that a block found damaged, and report it.

    Raises:
        LedgerError: the index cannot be used.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        next_step = _IN_THE_WAY.get(_kind(error))
        if next_step is None:
            path.unlink(missing_ok=True)
            next_step = "it was removed: run again, and it is made anew"
        raise LedgerError(
            f"{path}: expected to read and write it, found {error}; {next_step}"
        ) from error


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Say whether an index has to be made again; else only something is in its way."""
    return _kind(error) not in _IN_THE_WAY


def is_removed(error: sqlite3.DatabaseError) -> bool:
    """Say whether somebody has removed an open index."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY_DBMOVED


def _kind(error: sqlite3.DatabaseError) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & _FIRST_BYTE
