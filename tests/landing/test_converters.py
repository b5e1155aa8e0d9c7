"""Files are converted by processes that may be lost: no row and no other file is lost with them."""

import bz2
import os
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.concurrency import Worker, WorkerLost
from ingest.delivery.avro.container import write_long
from ingest.errors import ConversionError
from ingest.landing import converters as convert
from ingest.landing.converters import Converters
from ingest.store.ledger import read_records
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.delivery.avro.containers import block, header, record
from tests.support.converting import LOST, converted
from tests.support.sender import Sender, avro_bytes, users

GUIDS = [f"USR-{number}" for number in range(1_000)]


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "IN_COLUMNS_BYTES", 0)


def decoders(data: Path) -> list[str]:
    records = read_records(data / "ledger")
    return [each["decoder"] for each in records if each["what"] == "landed"]


def guids(data: Path) -> list[str]:
    return [row["guid"] for row in landed_rows(data)]


def test_a_file_is_decoded_in_columns_and_the_ledger_says_so(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users(*GUIDS)
    sender.send_manifest()

    ingest()

    assert decoders(data) == ["polars-avro"]
    assert guids(data) == GUIDS


def test_a_small_file_is_read_by_rows(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "IN_COLUMNS_BYTES", 64 << 10)
    sender.send_users(*GUIDS)
    sender.send_manifest()

    ingest()

    assert decoders(data) == ["rows"]
    assert guids(data) == GUIDS


def test_what_columns_do_not_carry_is_read_by_rows_and_the_ledger_says_so(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    field = {"name": "guid", "type": ["null", "int", "string"]}
    schema = {"type": "record", "name": "users", "fields": [field]}
    sender.send(avro_bytes([{"guid": 5}, {"guid": "x"}], schema=schema), record_count=2)
    sender.send_manifest()

    ingest()

    assert decoders(data) == ["rows"]
    assert guids(data) == ["5", "x"]


def test_a_damaged_file_is_turned_away(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send(avro_bytes(users(*GUIDS), codec="null")[:-30], record_count=len(GUIDS))
    sender.send_manifest()

    ingest()

    assert list(quarantine_reasons(data).values()) == ["not_avro"]


def send_with_good_files(sender: Sender, plain: bytes, *, record_count: int, **claims: str) -> None:
    """Send a file between two good ones."""
    sender.send_users("a", event="created")
    sender.send(plain, event="updated", record_count=record_count, **claims)
    sender.send_users("b", event="deleted")
    sender.send_manifest()


TEXT = record(("field", "string"))
LISTS = record(("field", {"type": "array", "items": "null"}))
EMPTY_LISTS = record(("field", {"type": "array", "items": record() | {"name": "inner"}}))
NULLS = record(("field", "null"))


@pytest.mark.parametrize(
    ("plain", "record_count"),
    [
        (header(TEXT) + block(2, b"\x02a\x00b"), 2),
        (header(LISTS) + block(1, write_long(500_000_000) + b"\x00"), 1),
        (header(EMPTY_LISTS) + block(1, write_long(500_000_000) + b"\x00"), 1),
        (header(NULLS) + block(134_000_000_000, b""), 1),
        (header(NULLS) + block(134_000_000_000, bytes(130_000)), 134_000_000_000),
        (header(TEXT) + block(134_000_000_000, bytes(130_000)), 134_000_000_000),
    ],
    ids=["loop", "nulls", "empty records", "rows", "listed rows, bytes", "rows of text"],
)
def test_a_file_that_claims_too_much_is_turned_away_and_the_others_land(
    sender: Sender, ingest: Ingest, data: Path, plain: bytes, record_count: int
) -> None:
    send_with_good_files(sender, plain, record_count=record_count)

    summary = ingest()

    assert summary.statuses == {"landed": 2, "quarantined": 1}
    assert list(quarantine_reasons(data).values()) == ["not_avro"]
    assert sorted(guids(data)) == ["a", "b"]


def test_rows_without_bytes_that_are_listed_are_bounded_by_processor_time(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest itself lists 134 thousand million rows in a file of 130 bytes."""
    monkeypatch.setattr(convert, "CPU_BASE_S", 1.0)
    plain = header(NULLS) + block(134_000_000_000, b"")
    send_with_good_files(sender, plain, record_count=134_000_000_000)

    summary = ingest()

    assert summary.statuses == {"landed": 2, "quarantined": 1}
    assert list(quarantine_reasons(data).values()) == ["too_large"]


def test_blocks_that_grow_again_and_again_are_bounded_by_processor_time(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block of 60 bytes is one row of 20 MB."""
    monkeypatch.setattr(convert, "CPU_BASE_S", 1.0)
    rows = bz2.compress(write_long(20_000_000) + bytes(20_000_000))
    plain = header(TEXT, codec=b"bzip2") + block(1, rows) * 300
    send_with_good_files(sender, plain, record_count=300)

    summary = ingest()

    assert summary.statuses == {"landed": 2, "quarantined": 1}
    assert list(quarantine_reasons(data).values()) == ["too_large"]


def wide_row(item_count: int) -> bytes:
    """Make a small container of one row, in which a list of nulls is large as Python has it."""
    schema = record(("field", {"type": "array", "items": ["null", "int"]}))
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    rows = write_long(item_count) + bytes(item_count) + b"\x00"
    squeezed = squeeze.compress(rows) + squeeze.flush()
    return header(schema, codec=b"deflate") + block(1, squeezed)


def test_a_file_that_takes_more_memory_than_its_bound_is_turned_away_and_the_others_land(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "MEMORY_BASE_BYTES", (200 << 20) - 2 * (512 << 20))
    send_with_good_files(sender, wide_row(16_000_000), record_count=1)

    summary = ingest()

    assert summary.statuses == {"landed": 2, "quarantined": 1}
    assert list(quarantine_reasons(data).values()) == ["too_large"]


def test_the_same_file_lands_within_its_bound(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send(wide_row(1_000_000), record_count=1)
    sender.send_manifest()

    assert ingest().statuses == {"landed": 1}


def test_a_fatal_file_with_another_checksum_is_rejected_for_its_checksum(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send_users(*GUIDS, Checksum="0" * 64)
    sender.send_manifest()
    lose(monkeypatch, times=2)

    ingest()

    assert list(quarantine_reasons(data).values()) == ["checksum"]


def lose(
    monkeypatch: pytest.MonkeyPatch, *, times: int, by: signal.Signals = signal.SIGKILL
) -> None:
    """Have processes killed as soon as they are asked."""
    asked: list[int] = []
    ask = Worker.ask

    def ask_and_lose(worker: Worker, *args: Any) -> None:
        if len(asked) < times:
            os.kill(worker.process.pid, by)
        asked.append(worker.process.pid)
        ask(worker, *args)

    monkeypatch.setattr(Worker, "ask", ask_and_lose)


def test_a_file_whose_process_is_killed_is_read_once_more(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send_users(*GUIDS)
    sender.send_manifest()
    lose(monkeypatch, times=1)

    ingest()

    assert decoders(data) == ["rows"]
    assert guids(data) == GUIDS


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_file_that_ends_its_process_twice_is_turned_away_and_can_be_released(
    sender: Sender,
    ingest: Ingest,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    by: signal.Signals,
) -> None:
    sender.send_users(*GUIDS)
    sender.send_users("b", event="updated")
    sender.send_users("c", event="deleted")
    sender.send_manifest()
    with monkeypatch.context() as patch:
        lose_by_stem(patch, "created", by=by)
        summary = ingest()

    assert summary.statuses == {"landed": 2, "quarantined": 1}
    assert list(quarantine_reasons(data).values()) == ["not_avro"]
    assert f"ended by signal {int(by)} (" in caplog.text
    assert ingest(recheck_quarantine=True).statuses == {"landed": 3}


def lose_by_stem(
    monkeypatch: pytest.MonkeyPatch, stem: str, *, by: signal.Signals = signal.SIGKILL
) -> None:
    """Have processes killed as soon as they are asked for one file."""
    ask = Worker.ask

    def ask_and_lose(worker: Worker, request: Any, *args: Any) -> None:
        if isinstance(request, dict) and request["stem"].endswith(stem):
            os.kill(worker.process.pid, by)
        ask(worker, request, *args)

    monkeypatch.setattr(Worker, "ask", ask_and_lose)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_process_that_somebody_stops_tells_nothing_of_the_file(
    sender: Sender,
    ingest: Ingest,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    by: signal.Signals,
) -> None:
    sender.send_users(*GUIDS)
    sender.send_manifest()
    with monkeypatch.context() as patch:
        lose(patch, times=1, by=by)
        with pytest.raises(ConversionError, match="found it ended"):
            ingest()
    ingest()

    assert guids(data) == GUIDS


@pytest.fixture(scope="module")
def converters() -> Iterator[Converters]:
    with Converters() as processes:
        yield processes


def test_a_process_is_used_again_as_long_as_it_behaves_and_replaced_then(
    converters: Converters,
) -> None:
    good = avro_bytes(users("a"))

    first = [converted(good, converters)[0] and converters.workers.process_ids for _ in range(3)]
    assert converted(header(TEXT) + block(2, b"\x02a\x00b"), converters) == LOST
    after = converters.workers.process_ids
    assert converted(good, converters)[0]

    assert len({str(each) for each in first}) == len(first[0]) == 1
    assert after == []


def test_an_error_that_nobody_foresaw_is_the_files_doing(converters: Converters) -> None:
    with converters.workers.lend() as worker:
        worker.ask({}, [])
        with pytest.raises(WorkerLost):
            worker.answer()

        assert worker.process.wait(10) == -signal.SIGABRT


def test_a_process_that_cannot_start_is_no_fault_of_the_file(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    with monkeypatch.context() as patch:
        patch.setattr(convert, "Worker", lambda *_: Worker("ingest.no_such_program"))
        with pytest.raises(ConversionError, match=r"found it ended \(exit code 1\); run again"):
            ingest()
    ingest()

    assert guids(data) == ["a"]


@pytest.mark.parametrize(("size_bytes", "processes"), [(1_000, 1), (0, 0)])
def test_a_process_is_ready_by_the_time_a_file_has_come(size_bytes: int, processes: int) -> None:
    with Converters() as converters:
        converters.expect(size_bytes)

        assert len(converters.workers.process_ids) == processes
