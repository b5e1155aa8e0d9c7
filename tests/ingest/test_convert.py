"""Large files are converted by processes that may be lost, and no row is lost with them."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from ingest import convert
from ingest.convert import Converters
from ingest.errors import ConversionError
from ingest.ledger import read_records
from ingest.worker import Worker
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.sender import Sender, avro_bytes, users

GUIDS = [f"USR-{number}" for number in range(1_000)]


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "CONVERTED_HERE_BYTES", 0)


def decoders(data: Path) -> list[str]:
    records = read_records(data / "ledger")
    return [each["decoder"] for each in records if each["what"] == "landed"]


def test_a_large_file_is_decoded_in_columns_and_the_ledger_says_so(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users(*GUIDS)
    sender.send_manifest()

    ingest()

    assert decoders(data) == ["polars-avro"]
    assert [row["guid"] for row in landed_rows(data)] == GUIDS


def test_what_columns_do_not_carry_is_read_by_rows_and_the_ledger_says_so(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    field = {"name": "guid", "type": ["null", "int", "string"]}
    schema = {"type": "record", "name": "users", "fields": [field]}
    sender.send(avro_bytes([{"guid": 5}, {"guid": "x"}], schema=schema), record_count=2)
    sender.send_manifest()

    ingest()

    assert decoders(data) == ["fastavro"]
    assert [row["guid"] for row in landed_rows(data)] == ["5", "x"]


def test_a_damaged_large_file_is_turned_away(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send(avro_bytes(users(*GUIDS), codec="null")[:-30], record_count=len(GUIDS))
    sender.send_manifest()

    ingest()

    assert list(quarantine_reasons(data).values()) == ["not_avro"]


def test_a_file_that_a_decoder_never_finishes_is_read_by_rows(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last row is made shorter than its block says, at which polars-avro 0.13 loops."""
    monkeypatch.setattr(Converters.__init__, "__kwdefaults__", {"patience_s": 1})
    field = {"name": "guid", "type": "string"}
    schema = {"type": "record", "name": "users", "fields": [field]}
    plain = avro_bytes([{"guid": "a"}, {"guid": "b"}], schema=schema, codec="null")
    sender.send(plain.replace(b"\x02a\x02b", b"\x02a\x00b"), record_count=2)
    sender.send_manifest()

    ingest()

    assert decoders(data) == ["fastavro"]
    assert [row["guid"] for row in landed_rows(data)] == ["a", ""]


def lose(monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """Have processes killed as soon as they are asked."""
    asked: list[int] = []
    ask = Worker.ask

    def ask_and_lose(worker: Worker, *args: Any) -> None:
        if len(asked) < times:
            os.kill(worker.process.pid, signal.SIGKILL)
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

    assert decoders(data) == ["fastavro"]
    assert [row["guid"] for row in landed_rows(data)] == GUIDS


def test_a_process_that_is_killed_again_and_again_is_told(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send_users(*GUIDS)
    sender.send_manifest()
    lose(monkeypatch, times=2)

    with pytest.raises(ConversionError, match="killed twice; see whether the machine has memory"):
        ingest()
    ingest()

    assert [row["guid"] for row in landed_rows(data)] == GUIDS


@pytest.mark.parametrize(("size_bytes", "processes"), [(5_000_000, 1), (1_000, 0)])
def test_a_process_is_ready_by_the_time_a_large_file_has_come(
    monkeypatch: pytest.MonkeyPatch, size_bytes: int, processes: int
) -> None:
    monkeypatch.setattr(convert, "CONVERTED_HERE_BYTES", 4_000_000)
    with Converters() as converters:
        converters.expect(size_bytes)

        assert len(converters.workers.process_ids) == processes
