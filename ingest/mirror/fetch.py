"""Fetch a mirror's objects into a data folder; each is checked before it gets its name."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from ingest.concurrency import map_ahead
from ingest.errors import MirrorError
from ingest.mirror.contents import (
    ARCHIVE,
    LANDING,
    LEDGER,
    all_archived,
    all_landed,
    expected_start,
    is_wanted,
)
from ingest.mirror.send_file import AHEAD, THREADS
from ingest.mirror.storage.bucket import Bucket
from ingest.mirror.storage.stored import Stored
from ingest.status.runs import Progress
from ingest.store.durable import make_folder, move_all_synced, sync_file, sync_folder
from ingest.store.index.catch_up import open_state
from ingest.store.index.state import LedgerState

FILES_AT_ONCE: Final = 64
"""So many share one wait for their folders to reach the disk."""
COMING: Final = "ledger.restoring"
"""The folder of the ledger until every file that it names is there."""


@dataclass(slots=True)
class Fetched:
    """The files that came, and those that the ledger names and did not come."""

    files: int = 0
    bytes: int = 0
    archive_gaps: list[str] = field(default_factory=list)
    landing_gaps: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches a mirror's objects into a data folder, several at once."""

    data: Path
    bucket: Bucket
    scratch: Path
    progress: Progress
    done: Fetched = field(default_factory=Fetched)

    def fetch_all(self) -> Fetched:
        """Fetch what the mirror has and the data folder lacks; the ledger's place comes last."""
        folder = self.data / LEDGER
        if not folder.exists():
            folder = self.data / COMING
            self._fetch_ledger(folder)
        with open_state(folder) as state:
            self._fetch_folder(ARCHIVE, state)
            self._fetch_folder(LANDING, state)
            self.done.archive_gaps = self._find_gaps(all_archived(state))
            self.done.landing_gaps = self._find_gaps(all_landed(state))
        if folder.name == COMING:
            folder.rename(self.data / LEDGER)
            sync_folder(self.data)
        return self.done

    def _find_gaps(self, paths: Iterable[str]) -> list[str]:
        return [path for path in paths if not (self.data / path).exists()]

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

    def _fetch_folder(self, folder: str, state: LedgerState) -> None:
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
