"""Copy what is new of a data folder into its mirror.

First come the files, then the ledger that names them, and deletions come last. So no reader sees a
ledger that names a file which is not there yet.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from ingest.concurrency import map_ahead
from ingest.errors import MirrorError
from ingest.landing.stored_files import MAKE_ANEW
from ingest.mirror.contents import (
    LANDING,
    LEDGER,
    changed_paths,
    expected_start,
    is_replaced,
    is_withdrawn,
)
from ingest.mirror.months import Months
from ingest.mirror.owner import OwnedMirror, identity
from ingest.mirror.send_file import AHEAD, THREADS, Job, send
from ingest.mirror.storage.bucket import Bucket
from ingest.pipeline import SILENT
from ingest.status.runs import Progress, new_run_id
from ingest.store.index.catch_up import open_state
from ingest.store.index.state import LedgerState
from ingest.store.lines import ledger_files, read_on
from ingest.store.lock import run_lock

RECORDS_AT_ONCE: Final = 2_000
"""After so many the mirror records its position, so that a killed one continues there."""


@dataclass(slots=True, kw_only=True)
class Copied:
    """The paths that were copied, and those that could not be."""

    mirror: str
    only: str = ""
    files: int = 0
    bytes: int = 0
    """Of these files; those of the ledger come on top."""
    ledger_files: int = 0
    deleted: int = 0
    left_out: list[str] = field(default_factory=list)
    """Archived files that are absent here, or have other bytes than were recorded."""
    seconds: float = 0.0

    @property
    def is_incomplete(self) -> bool:
        return bool(self.left_out)

    def text(self) -> str:
        """Say it for a person; the last line says what is incomplete."""
        lines = [
            f"mirrored {self.files:,} files, {self.bytes / 1e6:,.1f} MB in {self.seconds:.1f} s; "
            f"deleted {self.deleted:,}"
        ]
        if self.left_out:
            lines.append(
                f"incomplete: {len(self.left_out):,} archived files are not what was recorded, as "
                f"{self.left_out[0]}; see: ingest verify"
            )
        return "\n".join([*lines] if self.left_out else [*lines, f"{self.mirror} has everything"])

    def facts(self) -> dict[str, Any]:
        """Say it for a program."""
        return asdict(self) | {"seconds": round(self.seconds, 3)}


def mirror_data(
    data: Path, bucket: Bucket, *, only: str = "", progress: Progress = SILENT
) -> Copied:
    """Copy all that the ledger names and the mirror does not have.

    Args:
        only: `archive` to leave the landing at home, which is plaintext.

    Raises:
        LockError: a run or build holds the data folder.
        LedgerError: the ledger cannot be read.
        MirrorError: the storage fails, the mirror is of another data folder, or a landed file is
            not what was recorded.
    """
    began = time.monotonic()
    if not ledger_files(data / LEDGER):
        raise MirrorError(
            f"data folder {data}: expected a ledger, found none; run first: ingest run, or bring "
            "the mirror back with: ingest mirror --restore"
        )
    with run_lock(data, run_id=new_run_id()), open_state(data / LEDGER, repairs=True) as state:
        mirror = OwnedMirror.open(bucket, owner=identity(data), only=only)
        copier = _Copier(data, state, mirror, progress)
        copier.copy_all()
    copier.done.seconds = time.monotonic() - began
    return copier.done


class _Copier:
    """Copies files into a mirror, several at once."""

    def __init__(
        self, data: Path, state: LedgerState, mirror: OwnedMirror, progress: Progress
    ) -> None:
        self._data = data
        self._ledger = state
        self._mirror = mirror
        self._progress = progress
        self._left_out = set(mirror.state.left_out)
        self._withdrawn = set(mirror.state.withdrawn)
        self.done = Copied(mirror=mirror.bucket.url, only=mirror.state.only)

    def copy_all(self) -> None:
        months = Months(self._mirror.bucket, self._data)
        self._copy(sorted(self._left_out), is_doubted=True)
        for path in months.files:
            for paths, position in self._changes(path):
                self._copy(paths)
                self._note(copied=self._mirror.state.copied | {path.name: position})
        self._refuse_gaps()
        self.done.ledger_files = months.push()
        self._delete_withdrawn()
        self._note()
        self.done.left_out = sorted(self._left_out)

    def _changes(self, path: Path) -> Iterator[tuple[list[str], int]]:
        """Give the paths that new records have changed, and the byte after these records."""
        start = self._mirror.state.copied.get(path.name, 0)
        if start == path.stat().st_size:
            return
        records, with_landing = read_on(path, start), not self._mirror.state.only
        while some := list(islice(records, RECORDS_AT_ONCE)):
            changes = (
                changed_paths(record, data=self._data, with_landing=with_landing)
                for record, _ in some
                if record
            )
            yield list(dict.fromkeys(each for paths in changes for each in paths)), some[-1][1]

    def _copy(self, paths: list[str], *, is_doubted: bool = False) -> None:
        """Copy files: replaced bytes before the newest, which take their place."""
        withdrawn = {path for path in paths if is_withdrawn(path, self._ledger)}
        self._withdrawn = (self._withdrawn - {*paths}) | withdrawn
        self._left_out -= {*paths}
        newest = [path for path in paths if path not in withdrawn and not is_replaced(path)]
        for each in ([path for path in paths if is_replaced(path)], newest):
            self._send(each, is_doubted=is_doubted)

    def _send(self, paths: list[str], *, is_doubted: bool) -> None:
        jobs = [
            Job(
                path=path,
                expected_start=expected_start(path, self._ledger),
                is_doubted=is_doubted,
            )
            for path in paths
        ]
        files = (self._data / job.path for job in jobs)
        total = sum(file.stat().st_size for file in files if file.is_file())
        self._progress.begin("mirror", total=total)
        send_one = partial(send, data=self._data, mirror=self._mirror)
        with ThreadPoolExecutor(THREADS, thread_name_prefix="mirror") as threads:
            for sent in map_ahead(send_one, jobs, executor=threads, ahead=AHEAD):
                self._progress.advance(sent.size_bytes)
                self.done.files += sent.is_sent
                self.done.bytes += sent.size_bytes if sent.is_sent else 0
                if sent.problem:
                    self._left_out.add(sent.path)

    def _refuse_gaps(self) -> None:
        """Refuse a ledger that would name a landed file which the mirror does not have."""
        gaps = sorted(path for path in self._left_out if path.startswith(f"{LANDING}/"))
        if gaps:
            raise MirrorError(
                f"{gaps[0]}: expected what was recorded, found no file or other bytes"
                f"{f', and {len(gaps) - 1:,} more' if gaps[1:] else ''}; {MAKE_ANEW}"
            )

    def _delete_withdrawn(self) -> None:
        for path in sorted(self._withdrawn):
            self._mirror.bucket.delete(path)
        self.done.deleted, self._withdrawn = len(self._withdrawn), set()

    def _note(self, **changes: Any) -> None:
        """Record what is done and what is still to do, if that has changed."""
        changes |= {"withdrawn": sorted(self._withdrawn), "left_out": sorted(self._left_out)}
        state = asdict(self._mirror.state)
        if any(state[name] != value for name, value in changes.items()):
            self._mirror.write(**changes)
