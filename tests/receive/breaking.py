"""Sources in memory that break off, and a fetch from them."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from ingest.errors import SourceError, SourceUnavailable
from ingest.receive.fetch import fetch_all
from ingest.receive.sources import Source, SourceFile
from ingest.status.runs import Silent
from ingest.store.ledger import open_ledger
from tests.support.receiver import refuse
from tests.support.sender import CLIENT, DAY

NAME = f"{CLIENT}.{DAY}.users.created.avro.pgp"


LATER = f"{CLIENT}.2026-01-03.users.created.avro.pgp"


@dataclass
class BreakingSource:
    """A source in memory that breaks off after some bytes, as often as it is told."""

    contents: dict[str, bytes]
    breaks: int = 0
    breaks_after: int = 10
    modified_at: float = 1.0
    changes_to: bytes | None = None
    offsets: list[int] = field(default_factory=list)

    def list_files(self) -> list[SourceFile]:
        return [
            SourceFile(name=name, size_bytes=len(content), modified_at=self.modified_at)
            for name, content in self.contents.items()
        ]

    @contextmanager
    def open_file(self, name: str, *, offset: int) -> Iterator[BinaryIO]:
        self.offsets.append(offset)
        content = self.contents[name][offset:]
        if self.breaks and name == NAME:
            self.breaks -= 1
            if self.changes_to is not None:
                self.change(self.changes_to)
            yield cast("BinaryIO", _Breaking(content[: self.breaks_after]))
            raise AssertionError(name)
        yield io.BytesIO(content)

    def change(self, content: bytes) -> None:
        self.contents[NAME] = content
        self.modified_at += 1


class _Breaking(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        if not chunk:
            raise SourceUnavailable("broken off")
        return chunk


def fetch_from(source: Source, data: Path) -> list[SourceError]:
    scratch = data / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    with open_ledger(data / "ledger", run_id="r") as ledger:
        return fetch_all(
            source, data=data, ledger=ledger, scratch=scratch, encrypt=refuse, progress=Silent()
        )


def archived(data: Path, name: str = NAME) -> bytes:
    return (data / "archive" / CLIENT / name.split(".")[1] / name).read_bytes()


@dataclass
class ManyFiles:
    """A source of many files of one day, whose behaviour a test chooses."""

    serve: Callable[[str], BinaryIO]
    count: int = 63
    is_listed: bool = True
    asked: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [f"{CLIENT}.{DAY}.r{n:02}.created.avro.pgp" for n in range(self.count)]

    def list_files(self) -> list[SourceFile]:
        if self.asked and not self.is_listed:
            raise SourceUnavailable("gone")
        return [SourceFile(name=name, size_bytes=1, modified_at=1) for name in self.names]

    @contextmanager
    def open_file(self, name: str, *, offset: int) -> Iterator[BinaryIO]:
        self.asked.append(name)
        yield self.serve(name)


def break_off(_: str) -> BinaryIO:
    return cast("BinaryIO", _Breaking())
