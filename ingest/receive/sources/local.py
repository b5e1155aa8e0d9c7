"""A folder on this machine as a source, by itself or with the folders below it."""

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from ingest.errors import SourceError
from ingest.receive.sources import SourceFile

NAMES: Final = 5
"""A message names so many folders that are there instead."""


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder of delivered files; links in it are not followed."""

    folder: Path

    def list_files(self) -> list[SourceFile]:
        try:
            with os.scandir(self.folder) as entries:
                return [
                    SourceFile(
                        name=entry.name,
                        size_bytes=entry.stat(follow_symlinks=False).st_size,
                        modified_at=entry.stat(follow_symlinks=False).st_mtime,
                    )
                    for entry in entries
                    if entry.is_file(follow_symlinks=False)
                ]
        except OSError as error:
            folder = self.folder.absolute()
            raise SourceError(
                f"source {folder}: expected a folder to list, found {error.strerror}"
                f"{_beside(folder)}"
            ) from error

    @contextmanager
    def open_file(self, name: str, *, offset: int) -> Iterator[BinaryIO]:
        path = self.folder / name
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise SourceError(
                f"source file {name!r}: expected to open it, found {error.strerror}"
            ) from error
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SourceError(f"source file {name!r}: expected a regular file")
            stream.seek(offset)
            yield stream


def _beside(absent: Path) -> str:
    """Name the folders that are there instead of one that is not."""
    above = absent.parent
    if absent.exists() or not above.is_dir() or not os.access(above, os.R_OK | os.X_OK):
        return ""
    names = sorted(path.name for path in above.iterdir() if path.is_dir())
    more = ", ..." if len(names) > NAMES else ""
    return f"; in {above} there is: {', '.join(names[:NAMES]) or 'no folder'}{more}"


@dataclass(frozen=True, slots=True)
class FolderTree:
    """The files of a folder and of all folders below it, by their paths; links are not followed.

    People who download by hand sort files into folders as they like.
    """

    folder: Path

    def list_files(self) -> list[SourceFile]:
        return [
            SourceFile(
                name=(below / each.name).as_posix(),
                size_bytes=each.size_bytes,
                modified_at=each.modified_at,
            )
            for below in self._folders()
            for each in LocalFolder(self.folder / below).list_files()
        ]

    def open_file(self, name: str, *, offset: int) -> AbstractContextManager[BinaryIO]:
        path = Path(name)
        return LocalFolder(self.folder / path.parent).open_file(path.name, offset=offset)

    def _folders(self) -> Iterator[Path]:
        def fail(error: OSError) -> None:
            raise SourceError(
                f"source {error.filename}: expected a folder to list, found {error.strerror}"
            ) from error

        for folder, _, _ in os.walk(self.folder, onerror=fail):
            yield Path(folder).relative_to(self.folder)
