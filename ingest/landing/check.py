"""Whether what lies in the landing and in the archive is still what the ledger recorded.

A disk can return other bytes than were written, and say nothing. No reader of Parquet asks for
checksums unless it is told to. So the ledger keeps the SHA-256 of each landed and archived file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.delivery.names import Delivery, Event
from ingest.receive.archive import find_ciphertext
from ingest.status.standing import lost_at
from ingest.store.digest import hash_file
from ingest.store.landed_file import MAKE_ANEW, NO_FILE, landed_problem
from ingest.store.ledger.state import Archived, LedgerState, Place
from ingest.store.paths import landing_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A stored file that is absent, or has other bytes than were recorded."""

    path: str
    """Below the data folder."""
    problem: str
    next_step: str
    landed: Place | None = None
    """Which file it is, where it lies in the landing."""

    def text(self) -> str:
        return f"{self.path}: expected what was recorded, found {self.problem}; {self.next_step}"


@dataclass(slots=True, kw_only=True)
class Checked:
    """What was looked at, and what is wrong with it."""

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
        whole = (
            f"{files - len(self.damaged):,} of {files:,} files in landing and archive are what "
            f"was recorded{anew}{without}"
        )
        return "\n".join([*(each.text() for each in self.damaged), whole])

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
    """Read every landed and archived file that the ledger knows.

    Args:
        now: by which it is known whether MX still has a copy.
    """
    checked = Checked()
    for place, landed in sorted(state.landed.items(), key=lambda each: each[0]):
        checked.landed += 1
        checked.without_hash += landed.parquet_sha256 is None
        path = landing_path(place).as_posix()
        if problem := landed_problem(data / path, sha256=landed.parquet_sha256):
            checked.damaged.append(
                Damage(path=path, problem=problem, next_step=MAKE_ANEW, landed=place)
            )
    for of, archived in _archived(state):
        checked.archived += 1
        if damage := _archive_damage(data, of, archived, now=now):
            checked.damaged.append(damage)
    checked.damaged += _replaced_damage(data, state)
    return checked


def _archived(state: LedgerState) -> Iterator[tuple[Place | Delivery, Archived]]:
    yield from sorted(state.archived.items(), key=lambda each: each[0])
    yield from sorted(state.manifests.items(), key=lambda each: each[0])


def _archive_damage(
    data: Path, of: Place | Delivery, archived: Archived, *, now: datetime
) -> Damage | None:
    delivery = of.delivery if isinstance(of, Place) else of
    path = Path("archive", delivery.folder, archived.name)
    is_there = (data / path).is_file()
    if is_there and hash_file(data / path) == archived.encrypted_sha256:
        return None
    problem = "other bytes than had come" if is_there else NO_FILE
    is_baseline = isinstance(of, Place) and of.event is Event.BASELINE
    if now >= lost_at(delivery.snapshot_date) and not is_baseline:
        next_step = "MX's copy is gone: restore it from a backup"
    else:
        command = "ingest baseline" if is_baseline else "ingest run"
        until = "" if is_baseline else f" before {lost_at(delivery.snapshot_date):%Y-%m-%d}"
        first = "remove it, and " if is_there else ""
        next_step = f"restore it from a backup; or {first}fetch it again{until} with: {command}"
    return Damage(path=path.as_posix(), problem=problem, next_step=next_step)


def _replaced_damage(data: Path, state: LedgerState) -> Iterator[Damage]:
    """Look for the ciphertexts of landed files whose newest bytes have not landed."""
    for place, landed in sorted(state.landed.items(), key=lambda each: each[0]):
        if landed.encrypted_sha256 == state.archived[place].encrypted_sha256:
            continue
        if find_ciphertext(data / "archive", place, sha256=landed.encrypted_sha256) is None:
            yield Damage(
                path=Path("archive", place.delivery.folder).as_posix(),
                problem=f"no bytes of the {place.resource} {place.kind} that has landed",
                next_step="restore them from a backup",
            )
