"""The archive: every file's bytes as delivered, the newest under its name, older ones beside it."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from ingest.delivery import DailyFile, ManifestFile
from ingest.durable import link_or_copy, move_synced

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file's bytes, fetched and on the disk, but not yet archived."""

    path: Path
    size_bytes: int
    sha256: str


class Download:
    """A file on its way into a scratch folder; an attempt goes on where the last broke off."""

    def __init__(self, scratch: Path) -> None:
        descriptor, path = tempfile.mkstemp(prefix="download-", dir=scratch)
        os.close(descriptor)
        self._path = Path(path)
        self._sha256 = hashlib.sha256()
        self._size = 0

    def attempt(self, open_at: Callable[[int], AbstractContextManager[BinaryIO]]) -> Fetched:
        """Read on from where the last attempt ended.

        Raises:
            SourceError: the source broke off; what has come is kept for the next attempt.
        """
        with self._path.open("ab") as target:
            with open_at(self._size) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    target.write(chunk)
                    self._sha256.update(chunk)
                    self._size += len(chunk)
            target.flush()
            os.fsync(target.fileno())
        return Fetched(path=self._path, size_bytes=self._size, sha256=self._sha256.hexdigest())

    def restart(self) -> None:
        """Forget what has come, as the source's file has changed meanwhile."""
        os.truncate(self._path, 0)
        self._sha256 = hashlib.sha256()
        self._size = 0

    def discard(self) -> None:
        """Free the space of what has come, as the rest will not."""
        self._path.unlink()


def archive_path(archive: Path, file: DailyFile | ManifestFile, *, name: str) -> Path:
    """Say where a file's newest bytes lie."""
    return archive / file.delivery.folder / name


def changed_folders(archive: Path, *, since: datetime) -> Iterator[Path]:
    """Give the deliveries' folders in which files came or went after a moment."""
    moment = since.timestamp()
    for client in sorted(archive.glob("CLT-*")):
        yield from (day for day in sorted(client.iterdir()) if day.stat().st_mtime > moment)


def store(fetched: Fetched, target: Path, *, replaced_sha256: str | None) -> None:
    """Put fetched bytes into the archive; those that they replace stay under a longer name.

    Who calls syncs the folder, once for many.
    """
    if target.exists() and replaced_sha256 not in (None, fetched.sha256):
        link_or_copy(target, target.with_name(f"{target.name}.{str(replaced_sha256)[:12]}"))
    move_synced(fetched.path, target)
