"""The releases of a warehouse on disk: `serve/releases/<n>`, and the link to what readers see.

Readers open `serve/warehouse.duckdb`, a fixed link through `serve/current`. That one is swapped:
DuckDB resolves the path when it opens a file. So a new connection finds the new release, and an old
one stays on its own.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.errors import PublishError
from ingest.store.durable import FILE_MODE, FOLDER_MODE, make_folder, sync_file, sync_folder

DATABASES: Final = ("warehouse.duckdb", "warehouse_masked.duckdb")
PASSABLE: Final = 0o711
SPECIAL_BITS: Final = 0o7000
"""A folder with the set-group-id bit gives its group to every release."""
FACTS, WITHDRAWN = "release.json", "withdrawn"


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases below a data folder; a program that changes them holds its run lock."""

    serve: Path

    @property
    def _folder(self) -> Path:
        return self.serve / "releases"

    def folder(self, number: int) -> Path:
        return self._folder / str(number)

    def numbers(self) -> list[int]:
        """List the complete releases, the oldest first."""
        if not self._folder.is_dir():
            return []
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdecimal())

    def newest(self) -> int | None:
        """Say which release came last; a release that readers see counts, too."""
        return max([*self.numbers(), *filter(None, [self.current()])], default=None)

    def current(self) -> int | None:
        """Say which release readers see.

        Raises:
            PublishError: the link is none, or leads to no release.
        """
        link = self.serve / "current"
        if not link.is_symlink() and not link.exists():
            return None
        name = link.readlink().name if link.is_symlink() else "no link"
        if not name.isdecimal():
            raise PublishError(
                f"{link}: expected a link to a release, found {name}; "
                "remove it, and show the newest release again with: ingest publish"
            )
        return int(name)

    def facts(self, number: int) -> dict[str, Any]:
        """Say what was written down when a release was made; nothing of one that is not there.

        Raises:
            PublishError: what is there is no JSON object.
        """
        path = self.folder(number) / FACTS
        if not path.exists():
            return {}
        with suppress(ValueError):
            if isinstance(facts := json.loads(path.read_text()), dict):
                return facts
        raise PublishError(
            f"{path}: expected what release {number} holds, found no JSON object; "
            "remove the file, and make a new release with: ingest publish"
        )

    def is_withdrawn(self, number: int) -> bool:
        return (self.folder(number) / WITHDRAWN).exists()

    def withdraw(self, number: int) -> None:
        """Note that a release was gone back from, so that only a publish by hand returns to it."""
        (self.folder(number) / WITHDRAWN).touch(mode=FILE_MODE)
        sync_folder(self.folder(number))

    def show(self, number: int) -> None:
        """Let readers see a release, all its databases at once."""
        (self.folder(number) / WITHDRAWN).unlink(missing_ok=True)
        for name in DATABASES:
            if (self.folder(number) / name).exists() and not (self.serve / name).is_symlink():
                (self.serve / name).symlink_to(f"current/{name}")
        link = self.serve / ".current"
        link.unlink(missing_ok=True)
        link.symlink_to(f"releases/{number}")
        link.replace(self.serve / "current")
        sync_folder(self.serve)

    @contextmanager
    def making(self, number: int) -> Iterator[Path]:
        """Give a folder that is a release when the block has ended well, and nothing before."""
        folder = self._folder / ".making"
        for each in (self.serve, self._folder):
            _let_pass(make_folder(each))
        self.clear_up()
        folder.mkdir(mode=FOLDER_MODE)
        try:
            yield folder
            for path in folder.iterdir():
                sync_file(path)
            _let_pass(folder)
            sync_folder(folder)
            folder.rename(self.folder(number))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        sync_folder(self._folder)

    def clear_up(self) -> None:
        """Remove what a publish that was killed has left."""
        for path in self._folder.glob(".*"):
            shutil.rmtree(path)

    def prune(self, *, keep: int) -> list[int]:
        """Remove old releases, never the one that readers see; a reader ends on its open file."""
        gone = [number for number in self.numbers()[:-keep] if number != self.current()]
        for number in gone:
            _set_aside(self.folder(number))
        self.clear_up()
        return gone


def _set_aside(release: Path) -> None:
    """Take a release's name away first: half of one must not pass for one."""
    release.rename(release.with_name(f".gone-{release.name}"))


def write_facts(folder: Path, facts: dict[str, Any]) -> None:
    path = folder / FACTS
    path.write_text(json.dumps(facts))
    path.chmod(FILE_MODE)


def _let_pass(folder: Path) -> None:
    """Let everyone through a folder that only its owner can list."""
    folder.chmod(folder.stat().st_mode & SPECIAL_BITS | PASSABLE)
