"""A folder and all below it as a source: who downloads by hand puts files as they like."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.errors import SourceError
from ingest.receive.sources import SourceFile
from ingest.receive.sources.local import LocalFolder


@dataclass(frozen=True, slots=True)
class FolderTree:
    """The files of a folder and of the folders below it, by their paths; links are not followed."""

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
