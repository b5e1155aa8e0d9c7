"""A process that is lost takes no row and no other file with it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.concurrency import Worker, WorkerLost
from ingest.errors import ConversionError
from ingest.landing import converters as module
from ingest.landing.converters import Converters
from tests.conftest import Ingest, quarantine_reasons
from tests.delivery.avro.containers import block, header, record
from tests.support.converting import LOST, converted, decoders, guids
from tests.support.sender import Sender, avro_bytes, users

GUIDS = [f"USR-{number}" for number in range(1_000)]
TEXT = record(("field", "string"))


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_COLUMNS_BYTES", 0)


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
        patch.setattr(module, "Worker", lambda *_: Worker("ingest.no_such_program"))
        with pytest.raises(ConversionError, match=r"found it ended \(exit code 1\); run again"):
            ingest()
    ingest()

    assert guids(data) == ["a"]


@pytest.mark.parametrize(("size_bytes", "processes"), [(1_000, 1), (0, 0)])
def test_a_process_is_ready_by_the_time_a_file_has_come(size_bytes: int, processes: int) -> None:
    with Converters() as converters:
        converters.expect(size_bytes)

        assert len(converters.workers.process_ids) == processes


def test_a_fatal_file_with_another_checksum_is_rejected_for_its_checksum(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send_users(*GUIDS, Checksum="0" * 64)
    sender.send_manifest()
    lose(monkeypatch, times=2)

    ingest()

    assert list(quarantine_reasons(data).values()) == ["checksum"]
