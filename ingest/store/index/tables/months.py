"""How far an index has read each file of the record, and how a file that changed is found."""

import hashlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TAIL_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One file of the record, as it was when it was read."""

    position: int
    """How many bytes were read."""
    size: int
    modified_ns: int
    inode: int
    tail_sha256: str
    """Of the last bytes before the position."""

    @classmethod
    def read(cls, path: Path, position: int, *, before: os.stat_result) -> "Month":
        """Describe a file that was read up to a position.

        Args:
            before: what the system said of it before it was read, so that what came meanwhile is
                found as a change.
        """
        return cls(
            position=position,
            size=before.st_size,
            modified_ns=before.st_mtime_ns,
            inode=before.st_ino,
            tail_sha256=_hash_tail(path, position),
        )

    def is_read(self, now: os.stat_result) -> bool:
        """Say whether all of a file was read, as far as its size and times tell."""
        return self._is_same(now) and self.position == self.size

    def may_go_on(self, path: Path, now: os.stat_result) -> bool:
        """Say whether what was read of a file is there still, and only its end has changed."""
        is_edited = now.st_size == self.size and not self._is_same(now)
        return not is_edited and _hash_tail(path, self.position) == self.tail_sha256

    def _is_same(self, now: os.stat_result) -> bool:
        then = (self.size, self.modified_ns, self.inode)
        return then == (now.st_size, now.st_mtime_ns, now.st_ino)


def read_months(database: sqlite3.Connection) -> dict[str, Month]:
    """Give how far each file was read, by name."""
    return {
        name: Month(
            position=position,
            size=size,
            modified_ns=modified_ns,
            inode=inode,
            tail_sha256=tail_sha256,
        )
        for name, position, size, modified_ns, inode, tail_sha256 in database.execute(
            "select name, position, size, modified_ns, inode, tail_sha256 from months"
        )
    }


def write_month(database: sqlite3.Connection, name: str, month: Month) -> None:
    """Keep how far a file was read."""
    row = (name, month.position, month.size, month.modified_ns, month.inode, month.tail_sha256)
    database.execute("insert or replace into months values (?, ?, ?, ?, ?, ?)", row)


def find_unread(files: list[Path], months: dict[str, Month]) -> list[tuple[Path, int]] | None:
    """Give the files that have more than was read, each with where to go on.

    Returns:
        None where the record is not the one that was read: all of it has to be read again. Only
        the newest file may grow, as records are applied in the order of files.
    """
    names = [path.name for path in files]
    known = [name for name in names if name in months]
    if set(known) != set(months) or names[: len(known)] != known:
        return None
    unread: list[tuple[Path, int]] = []
    for path in files:
        month = months.get(path.name)
        if month is None:
            unread.append((path, 0))
            continue
        now = path.stat()
        if month.is_read(now):
            continue
        if path.name != known[-1] or not month.may_go_on(path, now):
            return None
        unread.append((path, month.position))
    return unread


def _hash_tail(path: Path, position: int) -> str:
    start = max(position - TAIL_BYTES, 0)
    with path.open("rb") as stream:
        stream.seek(start)
        return hashlib.sha256(stream.read(position - start)).hexdigest()
