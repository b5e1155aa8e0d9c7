"""Copy one file into a mirror, unless the same bytes are there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.errors import MirrorError
from ingest.landing.stored_files import NO_FILE
from ingest.mirror.owner import OwnedMirror
from ingest.mirror.storage.bucket import PART_BYTES, Bucket
from ingest.mirror.storage.stored import Changed, Stored
from ingest.store.durable import hash_file

THREADS: Final = 8
"""So many files are on their way at once."""
AHEAD: Final = 32
OTHER_BYTES: Final = "other bytes than were recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A file to copy."""

    path: str
    """Below the data folder, and below the mirror's prefix."""
    expected_start: str
    """What the SHA-256 of its bytes must begin with."""
    is_doubted: bool = False
    """What the mirror has is not what it says of itself, or nothing; it is written again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The result of copying one file."""

    path: str
    size_bytes: int
    is_sent: bool = False
    """False where the mirror had the same bytes, or the data folder has not the right ones."""
    problem: str | None = None


def send(job: Job, *, data: Path, mirror: OwnedMirror) -> Sent:
    """Copy a file. Only bytes that are as recorded may replace an object.

    Raises:
        MirrorError: the storage fails, or somebody else writes to the mirror.
    """
    file = data / job.path
    if not file.is_file():
        return Sent(path=job.path, size_bytes=0, problem=NO_FILE)
    sha256, size_bytes = hash_file(file), file.stat().st_size
    if not sha256.startswith(job.expected_start):
        return Sent(path=job.path, size_bytes=size_bytes, problem=OTHER_BYTES)
    is_probably_new = size_bytes <= PART_BYTES and not job.is_doubted
    is_sent = is_probably_new and _create(mirror.bucket, job.path, file, sha256=sha256)
    if not is_sent:
        found = mirror.bucket.look(job.path)
        is_same = found is not None and (found.size_bytes, found.sha256) == (size_bytes, sha256)
        is_sent = job.is_doubted or not is_same
        if is_sent:
            mirror.check()
            _replace(mirror.bucket, job.path, file, sha256=sha256, found=found)
    return Sent(path=job.path, size_bytes=size_bytes, is_sent=is_sent)


def _create(bucket: Bucket, path: str, file: Path, *, sha256: str) -> bool:
    """Write an object where there is none; False where there is one."""
    try:
        bucket.put(path, file, sha256=sha256)
    except Changed:
        return False
    return True


def _replace(bucket: Bucket, path: str, file: Path, *, sha256: str, found: Stored | None) -> None:
    if file.stat().st_size > PART_BYTES:
        bucket.put_in_parts(path, file, sha256=sha256)
        return
    try:
        bucket.put(path, file, sha256=sha256, replaces=found)
    except Changed as error:
        raise MirrorError(
            f"{bucket.url}/{path}: expected to be alone, found that somebody else has changed it; "
            "let one data folder at a time have this prefix"
        ) from error
