"""Files are decoded in columns or by rows, and one that claims too much harms no other."""

import bz2
import zlib
from pathlib import Path

import pytest

from ingest.delivery.avro.container import write_long
from ingest.landing import converters as module
from tests.conftest import Ingest, quarantine_reasons
from tests.delivery.avro.containers import block, header, record
from tests.support.converting import decoders, guids
from tests.support.sender import Sender, avro_bytes, users

GUIDS = [f"USR-{number}" for number in range(1_000)]


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_COLUMNS_BYTES", 0)


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
    monkeypatch.setattr(module, "IN_COLUMNS_BYTES", 64 << 10)
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
    monkeypatch.setattr(module, "CPU_BASE_S", 1.0)
    plain = header(NULLS) + block(134_000_000_000, b"")
    send_with_good_files(sender, plain, record_count=134_000_000_000)

    summary = ingest()

    assert summary.statuses == {"landed": 2, "quarantined": 1}
    assert list(quarantine_reasons(data).values()) == ["too_large"]


def test_blocks_that_grow_again_and_again_are_bounded_by_processor_time(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block of 60 bytes is one row of 20 MB."""
    monkeypatch.setattr(module, "CPU_BASE_S", 1.0)
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
    monkeypatch.setattr(module, "MEMORY_BASE_BYTES", (200 << 20) - 2 * (512 << 20))
    send_with_good_files(sender, wide_row(16_000_000), record_count=1)

    summary = ingest()

    assert summary.statuses == {"landed": 2, "quarantined": 1}
    assert list(quarantine_reasons(data).values()) == ["too_large"]


def test_the_same_file_lands_within_its_bound(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send(wide_row(1_000_000), record_count=1)
    sender.send_manifest()

    assert ingest().statuses == {"landed": 1}
