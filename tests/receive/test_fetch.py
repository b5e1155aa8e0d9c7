"""A fetch takes the oldest day first, several files at once, and records them in their order."""

import io
import threading
import time
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from ingest.receive.download import ATTEMPTS
from ingest.receive.fetch import FILES_AHEAD
from tests.receive.breaking import (
    LATER,
    NAME,
    BreakingSource,
    ManyFiles,
    archived,
    fetch_from,
)
from tests.support.ledger import read_state


def test_what_failed_is_fetched_by_the_next_run(tmp_path: Path) -> None:
    source = BreakingSource({NAME: bytes(100)}, breaks=ATTEMPTS)
    fetch_from(source, tmp_path)

    assert fetch_from(source, tmp_path) == []
    assert archived(tmp_path) == bytes(100)


def test_the_oldest_day_is_fetched_first(tmp_path: Path) -> None:
    source = BreakingSource({LATER: b"later", NAME: b"early"})
    fetch_from(source, tmp_path)

    assert list(read_state(tmp_path / "ledger").versions) == [NAME, LATER]


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
