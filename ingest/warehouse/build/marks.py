"""Which lines of the ledger are new since a build: a mark for each file of the ledger.

A mark is the size, the modification time and the SHA-256 of a file when a build read it. The first
two tell whether the file has changed. The hash tells whether lines were only added since.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.store.durable import make_folder
from ingest.store.lines import ledger_files, read_file

CHUNK_BYTES: Final = 1 << 20
Marks = dict[str, str]
"""The mark of each file by its name."""


@dataclass(frozen=True, slots=True)
class NewLines:
    """The lines of one file of the ledger that a build has not read."""

    path: Path
    start: int
    """Where they begin, in bytes; 0 where the build has not read the file as it is now."""

    def records(self, *, repairs: bool = False) -> Iterator[dict[str, Any]]:
        """Yield their records, as `read_file` does."""
        return read_file(self.path, start=self.start, repairs=repairs)

    def mark(self) -> str:
        """Give the mark of the file once these lines are read."""
        size_bytes = self.path.stat().st_size
        return f"{version_of(self.path)} {_hash_start(self.path, size_bytes=size_bytes)}"

    def file_in(self, folder: Path) -> Path:
        """Give a file that has these lines alone, as DuckDB reads them: a copy, if need be."""
        if self.start == 0:
            return self.path
        copy = make_folder(folder) / self.path.name
        with self.path.open("rb") as lines, copy.open("wb") as written:
            lines.seek(self.start)
            shutil.copyfileobj(lines, written, CHUNK_BYTES)
        return copy


def find_new_lines(ledger: Path, marks: Marks) -> list[NewLines]:
    """Find the lines that no build with these marks has read, file by file, the oldest first."""
    changed = (
        path for path in ledger_files(ledger) if version_in(marks, path.name) != version_of(path)
    )
    return [NewLines(path, _read_until(path, marks.get(path.name, ""))) for path in changed]


def describe_new_lines(data: Path, marks: Marks, *, copies: Path) -> Iterator[dict[str, Any]]:
    """Say, for the model of the ledger, where the new lines of each file are.

    Args:
        copies: a folder for lines that were added to a file; what it held is removed.
    """
    shutil.rmtree(copies, ignore_errors=True)
    for lines in find_new_lines(data / "ledger", marks):
        yield {
            "file": lines.path.name,
            "mark": lines.mark(),
            "path": str(lines.file_in(copies).relative_to(data)),
            "is_read_again": lines.start == 0 and (lines.path.name in marks or not marks),
        }


def version_of(path: Path) -> str:
    """Give the size and the modification time of a file.

    A ledger only grows; one that was restored from a backup has other times.
    """
    status = path.stat()
    return f"{status.st_size} {status.st_mtime_ns}"


def version_in(marks: Marks, name: str) -> str:
    """Give the size and the modification time that a file had, as its mark says."""
    return " ".join(marks.get(name, "").split()[:2])


def size_in(mark: str) -> int:
    """Give how many bytes of a file were read, as its mark says."""
    return int(mark.split()[0])


def _read_until(path: Path, mark: str) -> int:
    """Say how many of a file's bytes are the bytes that a build has read."""
    size, _, sha256 = (*mark.split(), "", "", "")[:3]
    with suppress(OSError):  # whoever reads the lines reports it
        if sha256 and _hash_start(path, size_bytes=int(size)) == sha256:
            return int(size)
    return 0


def _hash_start(path: Path, *, size_bytes: int) -> str:
    """Hash the first bytes of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while size_bytes > 0 and (chunk := stream.read(min(CHUNK_BYTES, size_bytes))):
            digest.update(chunk)
            size_bytes -= len(chunk)
    return digest.hexdigest()
