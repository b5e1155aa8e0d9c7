"""Bring a mirror back into an empty data folder.

A file in the data folder says that a restore has begun. Until that is gone, no other command takes
the folder, and the same command continues.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from ingest.concurrency import map_ahead
from ingest.errors import MirrorError
from ingest.landing.check import Checked, Damage
from ingest.landing.decide import Rules
from ingest.mirror.bucket import Bucket, Stored
from ingest.mirror.contents import (
    ARCHIVE,
    LANDING,
    LEDGER,
    all_archived,
    all_landed,
    expected_start,
    is_wanted,
)
from ingest.mirror.owner import OwnedMirror, identity
from ingest.openpgp.keyring import Keyring
from ingest.operations import repair
from ingest.pipeline import SILENT, alone
from ingest.status.runs import Progress, Summary, new_run_id
from ingest.store.durable import (
    make_folder,
    move_all_synced,
    remove_synced,
    scratch_folder,
    sync_file,
    sync_folder,
    write_in_place,
)
from ingest.store.index.catch_up import open_state
from ingest.store.index.state import LedgerState
from ingest.store.landed_file import MAKE_ANEW, NO_FILE
from ingest.store.lock import RESTORING, run_lock
from ingest.store.paths import key_at

THREADS: Final = 8
AHEAD: Final = 32
FILES_AT_ONCE: Final = 64
"""So many share one wait for their folders to reach the disk."""
COMING: Final = "ledger.restoring"
"""The folder of the ledger until every file that it names is there."""


@dataclass(slots=True, kw_only=True)
class Restored:
    """What came back, and what did not."""

    mirror: str
    files: int = 0
    bytes: int = 0
    landed_again: int = 0
    """Landed files that were made again from the archive."""
    missing: list[str] = field(default_factory=list)
    """A line for each file that neither came back nor could be made again."""
    summary: Summary | None = None

    @property
    def is_incomplete(self) -> bool:
        return bool(self.missing)

    def text(self) -> str:
        """Say it for a person; the last line says what is incomplete."""
        counts = (
            f"restored {self.files:,} files, {self.bytes / 1e6:,.1f} MB from {self.mirror}; "
            f"landed {self.landed_again:,} files again from the archive"
        )
        summary = [self.summary.text()] if self.summary else []
        return "\n".join([*self.missing, counts, *summary])

    def facts(self) -> dict[str, Any]:
        """Say it for a program."""
        return {
            "mirror": self.mirror,
            "files": self.files,
            "bytes": self.bytes,
            "landed_again": self.landed_again,
            "missing": self.missing,
            **(self.summary.facts() if self.summary else {}),
        }


def restore(
    data: Path,
    bucket: Bucket,
    *,
    keyring: Keyring,
    rules: Rules,
    keeps_owner: bool = False,
    progress: Progress = SILENT,
) -> Restored:
    """Bring archive, ledger and landing back; land from the archive what does not come back.

    Args:
        keeps_owner: leave the mirror to the data folder that writes it, for a rehearsal.

    Raises:
        LockError: another command holds the data folder.
        MirrorError: the storage fails, there is no mirror, or the data folder is not empty.
        KeyringError: as with a run.
    """
    done = Restored(mirror=bucket.url)
    with run_lock(data, run_id=new_run_id(), restores=True), scratch_folder(data) as scratch:
        _check_place(data, bucket)
        mirror = OwnedMirror.read(bucket)
        if mirror is None:
            raise MirrorError(f"{bucket.url}: expected a mirror, found none; correct MX_MIRROR")
        write_in_place(data / RESTORING, bucket.url.encode())
        if not keeps_owner:
            mirror.take_over(identity(data))
        lacking = _Restorer(data, bucket, scratch, progress, done).bring_back()
    with alone(data, rules=rules, command="mirror", restores=True) as this:
        damaged = [_damage(path) for path in lacking]
        left = repair(this, Checked(damaged=damaged), data=data, keyring=keyring, rules=rules)
    done.landed_again, done.summary = left.made_anew, this.summary
    done.missing += [each.text() for each in left.damaged]
    remove_synced(data / RESTORING)
    return done


def _check_place(data: Path, bucket: Bucket) -> None:
    """Refuse a data folder that has anything, but for a restore of the same mirror that began."""
    note = data / RESTORING
    if note.exists():
        if note.read_text() != bucket.url:
            raise MirrorError(
                f"data folder {data}: expected a restore from {note.read_text()} to continue, "
                f"found {bucket.url}; name that one, or empty the folder"
            )
        return
    there = sorted(path.name for path in data.iterdir() if not path.name.startswith("."))
    if there:
        raise MirrorError(
            f"data folder {data}: expected an empty one, found {', '.join(there)[:80]}; "
            "set MX_DATA to another"
        )


def _damage(path: str) -> Damage:
    return Damage(path=path, problem=NO_FILE, next_step=MAKE_ANEW, landed=key_at(path))


@dataclass(frozen=True, slots=True)
class _Restorer:
    """Fetches a mirror's objects into a data folder, several at once."""

    data: Path
    bucket: Bucket
    scratch: Path
    progress: Progress
    done: Restored

    def bring_back(self) -> list[str]:
        """Fetch what the mirror has, and return the landed files that it lacks.

        The ledger comes to its place last.
        """
        folder = self.data / LEDGER
        if not folder.exists():
            folder = self.data / COMING
            self._fetch_ledger(folder)
        with open_state(folder) as state:
            self._fetch_all(ARCHIVE, state)
            self._fetch_all(LANDING, state)
            self.done.missing += [
                f"{path}: expected what was recorded, found no sound object; look for a backup"
                for path in all_archived(state)
                if not (self.data / path).exists()
            ]
            lacking = [path for path in all_landed(state) if not (self.data / path).exists()]
        if folder.name == COMING:
            folder.rename(self.data / LEDGER)
            sync_folder(self.data)
        return lacking

    def _fetch_ledger(self, folder: Path) -> None:
        make_folder(folder)
        for stored in self.bucket.list(LEDGER):
            target = self.scratch / "month"
            sha256, described = self.bucket.fetch(stored, target), self.bucket.look(stored.path)
            if described and described.sha256 not in (None, sha256):
                raise MirrorError(
                    f"{self.bucket.url}/{stored.path}: expected SHA-256 {described.sha256}, found "
                    f"{sha256}; bring back an older version of the object"
                )
            move_all_synced([(_synced(target), folder / Path(stored.path).name)])

    def _fetch_all(self, folder: str, state: LedgerState) -> None:
        """Fetch the files of a folder that are not here yet, and put them in place."""
        wanted = (
            (stored, expected_start(stored.path, state))
            for stored in self.bucket.list(folder)
            if is_wanted(stored.path, state) and not self._is_here(stored)
        )
        total = sum(stored.size_bytes for stored in self.bucket.list(folder))
        self.progress.begin(f"restore {folder}", total=total)
        with ThreadPoolExecutor(THREADS, thread_name_prefix="restore") as threads:
            fetched = map_ahead(self._fetch, wanted, executor=threads, ahead=AHEAD)
            while some := list(islice(fetched, FILES_AT_ONCE)):
                moves = [each for each in some if each]
                self.done.files += len(moves)
                size_bytes = sum(temporary.stat().st_size for temporary, _ in moves)
                self.done.bytes += size_bytes
                self.progress.advance(size_bytes)
                move_all_synced(moves)

    def _is_here(self, stored: Stored) -> bool:
        """Say whether a file came before a kill; nothing is put in place before it is checked."""
        path = self.data / stored.path
        return path.is_file() and path.stat().st_size == stored.size_bytes

    def _fetch(self, wanted: tuple[Stored, str]) -> tuple[Path, Path] | None:
        """Fetch a file and check it; None where it is not what was recorded."""
        stored, expected = wanted
        temporary = self.scratch / hashlib.sha256(stored.path.encode()).hexdigest()
        sha256 = self.bucket.fetch(stored, temporary)
        if not sha256.startswith(expected) and not self._is_newer(stored, sha256):
            temporary.unlink()
            return None
        return _synced(temporary), self.data / stored.path

    def _is_newer(self, stored: Stored, sha256: str) -> bool:
        """Say whether archived bytes are newer than the mirror's ledger; a run adopts them."""
        described = self.bucket.look(stored.path)
        is_archived = stored.path.startswith(f"{ARCHIVE}/")
        return is_archived and described is not None and described.sha256 == sha256


def _synced(path: Path) -> Path:
    sync_file(path)
    return path
