"""Compare every stored file with the hash that the ledger recorded.

A disk can return other bytes than were written without an error. Readers of Parquet do not
check checksums by default. So the ledger keeps the SHA-256 of each landed and archived file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb

from ingest.delivery.names import Delivery, Event
from ingest.status.schedule import lost_at
from ingest.store.durable import hash_file
from ingest.store.facts import Archived, Landed
from ingest.store.index.known import FileState
from ingest.store.index.lists import all_files, all_manifests
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.database import NAME
from ingest.store.keys_and_paths import FileKey, find_ciphertext, landing_path

OTHER_BYTES: Final = "other bytes than had landed"
NO_FILE: Final = "no file"
MAKE_ANEW: Final = "make it anew from the archive with: ingest verify --repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A stored file that is absent, or has other bytes than were recorded."""

    path: str
    """Below the data folder."""
    problem: str
    next_step: str
    landed: FileKey | None = None
    """Which file it is, where it lies in the landing."""

    def text(self) -> str:
        return f"{self.path}: expected what was recorded, found {self.problem}; {self.next_step}"


@dataclass(slots=True, kw_only=True)
class Checked:
    """How many files were checked, and the damage that was found."""

    landed: int = 0
    archived: int = 0
    without_hash: int = 0
    """Landed files of which an older version recorded no hash: no more is known than that they can
    be read."""
    damaged: list[Damage] = field(default_factory=list)
    made_anew: int = 0

    @property
    def is_landing_whole(self) -> bool:
        return not any(each.landed for each in self.damaged)

    def text(self) -> str:
        """Say it for a person, a line for each damaged file and one for all."""
        anew = f"; {self.made_anew:,} made anew" if self.made_anew else ""
        unhashed = self.without_hash
        without = f"; {unhashed:,} landed files without a recorded hash" if unhashed else ""
        files = self.landed + self.archived
        sound = (
            f"{files - len(self.damaged):,} of {files:,} files in landing and archive are what "
            f"was recorded{anew}{without}"
        )
        return "\n".join([*(each.text() for each in self.damaged), sound])

    def facts(self) -> dict[str, Any]:
        """Say it for a program."""
        return {
            "landed": self.landed,
            "archived": self.archived,
            "without_hash": self.without_hash,
            "made_anew": self.made_anew,
            "damaged": [
                {"path": each.path, "problem": each.problem, "next_step": each.next_step}
                for each in self.damaged
            ],
        }


def check_files(data: Path, state: LedgerState, *, now: datetime) -> Checked:
    """Read every landed and archived file that the ledger knows, and compare its hash.

    Args:
        now: by which it is known whether MX still has a copy.
    """
    checked = Checked()
    for file in all_files(state):
        checked.damaged += _damage_of(data, file, checked=checked, now=now)
    for delivery, manifest in all_manifests(state):
        checked.archived += 1
        checked.damaged += _archive_damage(data, delivery, manifest, now=now)
    return checked


def index_damage(problem: str) -> Damage:
    """Describe an index that says other things than the record; it can always be made again."""
    return Damage(
        path=f"ledger/{NAME}",
        problem=problem,
        next_step="it was removed, and the next command makes it anew",
    )


def _damage_of(data: Path, file: FileState, *, checked: Checked, now: datetime) -> Iterator[Damage]:
    """Check one daily file in landing and archive, and count it."""
    landed, archived = file.landed, file.archived
    if landed:
        checked.landed += 1
        checked.without_hash += landed.parquet_sha256 is None
        path = landing_path(file.key).as_posix()
        if problem := landed_problem(data / path, sha256=landed.parquet_sha256):
            yield Damage(path=path, problem=problem, next_step=MAKE_ANEW, landed=file.key)
    if archived:
        checked.archived += 1
        yield from _archive_damage(data, file.key, archived, now=now)
    if landed and archived and landed.encrypted_sha256 != archived.encrypted_sha256:
        yield from _replaced_damage(data, file.key, landed)


def landed_problem(path: Path, *, sha256: str | None) -> str | None:
    """Read all of a landed file, and say what is wrong with it.

    Args:
        sha256: the hash of the complete file, as recorded; None where none was recorded.
    """
    if not path.is_file():
        return NO_FILE
    if sha256 and hash_file(path) != sha256:
        return OTHER_BYTES
    rows = "read_parquet(?, hive_partitioning = false) as landed"
    try:
        with _database().cursor() as reader:
            query = f"select bit_xor(hash(landed)) from {rows}"  # noqa: S608 - our own
            reader.execute(query, [str(path)])
    except duckdb.Error as error:
        return str(error).partition("\n")[0]
    return None


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Open one for all files: opening takes seven times as long as reading a small file."""
    return duckdb.connect(":memory:")


def next_step_of(problem: str, *, file: str) -> str:
    """Say what to do about a landed file that a build cannot use.

    Args:
        file: the name under which it was delivered.
    """
    if problem in (NO_FILE, OTHER_BYTES):
        return MAKE_ANEW
    return f"{MAKE_ANEW}; or take it out with: ingest release --set-aside {file}"


def _archive_damage(
    data: Path, of: FileKey | Delivery, archived: Archived, *, now: datetime
) -> Iterator[Damage]:
    delivery = of.delivery if isinstance(of, FileKey) else of
    path = Path("archive", delivery.folder, archived.name)
    is_there = (data / path).is_file()
    if is_there and hash_file(data / path) == archived.encrypted_sha256:
        return
    problem = "other bytes than had come" if is_there else NO_FILE
    is_baseline = isinstance(of, FileKey) and of.event is Event.BASELINE
    if now >= lost_at(delivery.snapshot_date) and not is_baseline:
        next_step = "MX's copy is gone: restore it from a backup"
    else:
        command = "ingest baseline" if is_baseline else "ingest run"
        until = "" if is_baseline else f" before {lost_at(delivery.snapshot_date):%Y-%m-%d}"
        first = "remove it, and " if is_there else ""
        next_step = f"restore it from a backup; or {first}fetch it again{until} with: {command}"
    yield Damage(path=path.as_posix(), problem=problem, next_step=next_step)


def _replaced_damage(data: Path, key: FileKey, landed: Landed) -> Iterator[Damage]:
    """Look for the ciphertext of a landed file whose newest bytes have not landed."""
    if find_ciphertext(data, key, sha256=landed.encrypted_sha256) is None:
        yield Damage(
            path=Path("archive", key.delivery.folder).as_posix(),
            problem=f"no bytes of the {key.resource} {key.kind} that has landed",
            next_step="restore them from a backup",
        )
