"""A source that breaks off is asked again, from where it stopped if its file is still the same."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from tenacity import wait_none

from ingest.errors import SourceError, SourceUnavailable
from ingest.receive import download
from ingest.receive.download import ATTEMPTS, PATIENT_WITH
from ingest.receive.fetch import FILES_AHEAD, FILES_AT_ONCE, fetch_all
from ingest.receive.sources import Source, SourceFile
from ingest.status.runs import Silent
from ingest.store.ledger import open_ledger
from tests.support.ledger import read_state
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


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "wait_random_exponential", lambda **_: wait_none())


def fetch_from(source: Source, data: Path) -> list[SourceError]:
    scratch = data / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    with open_ledger(data / "ledger", run_id="r") as ledger:
        return fetch_all(
            source, data=data, ledger=ledger, scratch=scratch, encrypt=refuse, progress=Silent()
        )


def archived(data: Path, name: str = NAME) -> bytes:
    return (data / "archive" / CLIENT / name.split(".")[1] / name).read_bytes()


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    source = BreakingSource({NAME: bytes(range(100))}, breaks=2)

    assert fetch_from(source, tmp_path) == []
    assert (archived(tmp_path), source.offsets) == (bytes(range(100)), [0, 10, 20])


def test_a_file_that_changed_meanwhile_is_read_from_the_start(tmp_path: Path) -> None:
    source = BreakingSource({NAME: bytes(100)}, breaks=1, changes_to=b"new" * 40)

    assert fetch_from(source, tmp_path) == []
    assert (archived(tmp_path), source.offsets) == (b"new" * 40, [0, 0])


def test_a_source_that_stays_broken_does_not_keep_the_others_back(tmp_path: Path) -> None:
    source = BreakingSource({LATER: b"later", NAME: bytes(100)}, breaks=ATTEMPTS, breaks_after=0)

    [failure] = fetch_from(source, tmp_path)

    assert str(failure) == "broken off"
    assert archived(tmp_path, LATER) == b"later"


def test_what_failed_is_fetched_by_the_next_run(tmp_path: Path) -> None:
    source = BreakingSource({NAME: bytes(100)}, breaks=ATTEMPTS)
    fetch_from(source, tmp_path)

    assert fetch_from(source, tmp_path) == []
    assert archived(tmp_path) == bytes(100)


def test_a_file_is_not_read_again_until_size_or_time_differ(tmp_path: Path) -> None:
    source = BreakingSource({NAME: b"a"})
    fetch_from(source, tmp_path)
    fetch_from(source, tmp_path)
    source.change(b"b")
    fetch_from(source, tmp_path)

    assert source.offsets == [0, 0]
    assert archived(tmp_path) == b"b"


def test_the_oldest_day_is_fetched_first(tmp_path: Path) -> None:
    source = BreakingSource({LATER: b"later", NAME: b"early"})
    fetch_from(source, tmp_path)

    assert list(read_state(tmp_path / "ledger").versions) == [NAME, LATER]


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


def test_several_files_come_at_once_and_are_recorded_in_their_order(tmp_path: Path) -> None:
    others_came = threading.Event()

    def serve(name: str) -> BinaryIO:
        if name == source.names[0]:
            assert others_came.wait(10)
        elif name == source.names[FILES_AHEAD]:
            others_came.set()
        return io.BytesIO(name.encode())

    source = ManyFiles(serve, count=FILES_AHEAD + 1)

    assert fetch_from(source, tmp_path) == []
    assert list(read_state(tmp_path / "ledger").versions) == source.names
    assert all(archived(tmp_path, name) == name.encode() for name in source.names)


def test_a_source_that_is_gone_is_not_asked_for_each_file(tmp_path: Path) -> None:
    source = ManyFiles(break_off, is_listed=False)

    failures = fetch_from(source, tmp_path)

    assert len(failures) == source.count
    assert len(source.asked) <= FILES_AT_ONCE * ATTEMPTS
    assert str(failures[-1]).endswith("found the source gone; run again")


def test_a_source_that_gives_nothing_is_asked_for_each_further_file_once(tmp_path: Path) -> None:
    source = ManyFiles(break_off)

    failures = fetch_from(source, tmp_path)

    assert [str(failure) for failure in failures] == ["broken off"] * source.count
    assert set(source.asked) == set(source.names)
    patient = PATIENT_WITH + FILES_AT_ONCE
    assert len(source.asked) <= patient * ATTEMPTS + source.count


def test_a_run_that_fails_does_not_wait_for_what_is_still_coming(tmp_path: Path) -> None:
    def serve(name: str) -> BinaryIO:
        return io.BytesIO(b"x") if name != source.names[-1] else cast("BinaryIO", _Endless())

    source = ManyFiles(serve, count=FILES_AHEAD + 1)
    (tmp_path / "archive").write_text("where a folder should be")

    with pytest.raises(FileExistsError):
        fetch_from(source, tmp_path)


class _Endless:
    def read(self, size: int, /) -> bytes:
        time.sleep(0.01)
        return bytes(size >> 10)


def test_nothing_of_a_failed_download_stays(tmp_path: Path) -> None:
    fetch_from(BreakingSource({NAME: bytes(100)}, breaks=ATTEMPTS), tmp_path)

    assert list((tmp_path / "scratch").iterdir()) == []
