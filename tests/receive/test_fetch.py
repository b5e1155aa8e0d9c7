"""A fetch takes the oldest day first, several files at once, and records them in their order."""

import io
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from ingest.delivery.manifest import Listing
from ingest.receive.download import ATTEMPTS
from ingest.receive.fetch import FILES_AHEAD, record_lists
from ingest.receive.sources import SourceFile
from ingest.receive.wanted import Offer
from ingest.store.ledger import open_ledger, read_records
from tests.receive.breaking import (
    LATER,
    NAME,
    BreakingSource,
    ManyFiles,
    archived,
    fetch_from,
)
from tests.support.ledger import read_state
from tests.support.sender import CLIENT, DAY


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


READY = datetime(2026, 1, 3, 6, tzinfo=UTC)
EARLY = datetime(2026, 1, 3, 0, 30, tzinfo=UTC)


def listing(event: str, *, record_count: int = 1) -> Listing:
    return Listing(
        file=f"{CLIENT}.{DAY}.users.{event}",
        resource="users",
        event=event,
        record_count=record_count,
        plain_bytes=5,
        encrypted_bytes=None,
        checksum="c",
        effective_date="",
    )


CREATED, UPDATED = listing("created"), listing("updated")


def record(data: Path, *listings: Listing | None, now: datetime = READY) -> int:
    """Record what a source lists, and count the lists in the record."""
    offers = [
        Offer.of(
            SourceFile(
                name=f"{each.file if each else UPDATED.file}.avro.pgp",
                size_bytes=5,
                modified_at=0,
                listing=each,
            )
        )
        for each in listings
    ]
    with open_ledger(data / "ledger", run_id="r") as ledger:
        record_lists(offers, ledger=ledger, now=now)
    return len(list(read_records(data / "ledger")))


def listed(data: Path) -> list[Listing]:
    [day] = read_state(data / "ledger").listings.values()
    return list(day.values())


def test_the_same_list_again_is_no_news(tmp_path: Path) -> None:
    assert [record(tmp_path, CREATED), record(tmp_path, CREATED)] == [1, 1]


def test_what_is_no_longer_listed_stays_listed(tmp_path: Path) -> None:
    record(tmp_path, CREATED)

    assert record(tmp_path, UPDATED) == 2
    assert listed(tmp_path) == [CREATED, UPDATED]


def test_a_file_that_is_listed_otherwise_is_news(tmp_path: Path) -> None:
    record(tmp_path, CREATED)
    changed = replace(CREATED, record_count=2)

    assert record(tmp_path, changed) == 2
    assert listed(tmp_path) == [changed]


@pytest.mark.parametrize("is_early", [True, False])
def test_a_day_is_unfinished_until_its_hour_and_that_it_ends_is_news(
    tmp_path: Path, is_early: bool
) -> None:
    record(tmp_path, CREATED, now=EARLY if is_early else READY)
    assert bool(read_state(tmp_path / "ledger").unfinished) == is_early

    assert record(tmp_path, CREATED) == (2 if is_early else 1)
    assert read_state(tmp_path / "ledger").unfinished == set()


def test_a_source_that_does_not_list_facts_has_no_lists(tmp_path: Path) -> None:
    assert record(tmp_path, None) == 0
