"""Read a mirror again, and compare every object that the ledger names with its hash."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from ingest.concurrency import map_ahead
from ingest.landing.stored_files import NO_FILE
from ingest.mirror.contents import LEDGER, all_archived, all_landed, expected_start
from ingest.mirror.months import Months
from ingest.mirror.owner import OwnedMirror, identity
from ingest.mirror.send_file import AHEAD, OTHER_BYTES, THREADS, Job
from ingest.mirror.storage.bucket import Bucket
from ingest.pipeline import SILENT
from ingest.status.runs import Progress, new_run_id
from ingest.store.index.catch_up import open_state
from ingest.store.index.state import LedgerState
from ingest.store.lock import run_lock


@dataclass(slots=True, kw_only=True)
class Verified:
    """How many objects were read, and those that are not what was recorded."""

    mirror: str
    checked: int = 0
    wrong: dict[str, str] = field(default_factory=dict)
    """What was found, by path."""

    @property
    def is_incomplete(self) -> bool:
        return bool(self.wrong)

    def text(self) -> str:
        """Say it for a person, a line for each wrong object and one for all."""
        lines = [
            f"{path}: expected what was recorded, found {found}; copy it again with: ingest mirror"
            for path, found in sorted(self.wrong.items())
        ]
        sound = self.checked - len(self.wrong)
        return "\n".join(
            [
                *lines,
                f"{sound:,} of {self.checked:,} objects of {self.mirror} are what was recorded",
            ]
        )

    def facts(self) -> dict[str, Any]:
        """Say it for a program."""
        return asdict(self)


def verify_mirror(
    data: Path, bucket: Bucket, *, only: str = "", progress: Progress = SILENT
) -> Verified:
    """Read every object that the ledger names. The next mirror copies those that are wrong again.

    Raises: as `mirror_data` does.
    """
    done = Verified(mirror=bucket.url)
    with run_lock(data, run_id=new_run_id()), open_state(data / LEDGER, repairs=True) as state:
        mirror = OwnedMirror.open(bucket, owner=identity(data), only=only)
        Months(bucket, data)
        progress.begin("read the mirror", total=0)
        with ThreadPoolExecutor(THREADS, thread_name_prefix="verify") as threads:
            checks = map_ahead(
                lambda job: (job, _problem(bucket, job)),
                _jobs(state, only=only),
                executor=threads,
                ahead=AHEAD,
            )
            for job, (size_bytes, problem) in checks:
                done.checked += 1
                progress.advance(size_bytes)
                if problem:
                    done.wrong[job.path] = problem
        if done.wrong:
            mirror.write(left_out=sorted({*mirror.state.left_out, *done.wrong}))
    return done


def _jobs(state: LedgerState, *, only: str) -> Iterator[Job]:
    landed = () if only else all_landed(state)
    for path in chain(all_archived(state), landed):
        yield Job(path=path, expected_start=expected_start(path, state))


def _problem(bucket: Bucket, job: Job) -> tuple[int, str | None]:
    """Read an object; say how large it is, and what is wrong with it."""
    stored = bucket.look(job.path)
    if stored is None:
        return 0, NO_FILE
    sha256 = bucket.fetch(stored, Path(os.devnull))
    is_sound = sha256.startswith(job.expected_start or stored.sha256 or "")
    return stored.size_bytes, None if is_sound else OTHER_BYTES
