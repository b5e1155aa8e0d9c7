"""Rows that Avro does not allow are rejected by both decoders."""

from decimal import Decimal

import pytest

from ingest.delivery.avro.container import write_long
from ingest.delivery.avro.rows import MAX_EMPTY_ITEMS
from ingest.errors import RejectedError
from ingest.landing.converters import Converters
from tests.delivery.avro.containers import (
    ENUM,
    INTS,
    MAP,
    PAIR,
    block,
    header,
    logical,
    one,
    read,
    record,
    text,
)
from tests.support.converting import LOST, converted
from tests.support.sender import avro_bytes

NULLABLE_INT = ["null", "int"]
LONG_VARINT = b"\xff" * 9 + b"\x7f"
UNFIT = {
    "one row said, two there": one("int", b"\x02\x02"),
    "bytes after the last row": one("int", b"\x02\x00\x00"),
    "no row said, one there": one("int", b"\x02", row_count=0),
    "two rows said, one there": one("int", b"\x02", row_count=2),
    "a row split over two blocks": header(record(("field", "string")))
    + block(1, b"\x04a")
    + block(1, b"b\x02c"),
    "bytes after the last block": one("int", b"\x02") + b"\x00",
    "boolean 2": one("boolean", b"\x02"),
    "boolean 255": one("boolean", b"\xff"),
    "boolean 2 in a list": one({"type": "array", "items": "boolean"}, b"\x02\x02\x00"),
    "int of 33 bits": one("int", write_long(1 << 31)),
    "int of 33 bits, negative": one("int", write_long(-(1 << 31) - 1)),
    "int of 33 bits in a list": one(INTS, b"\x02" + write_long(1 << 31) + b"\x00"),
    "long of 65 bits": one("long", LONG_VARINT),
    "long of 11 bytes": one("long", b"\x80" * 10 + b"\x00"),
    "long cut off": one("long", b"\x80"),
    "string of negative length": one("string", write_long(-1)),
    "bytes of negative length": one("bytes", write_long(-3)),
    "string longer than its block": one("string", write_long(1 << 60)),
    "string not in UTF-8": one("string", b"\x02\xff"),
    "string with a surrogate": one(["null", "string"], b"\x02\x06\xed\xa0\x80"),
    "float cut off": one("float", b"\x00\x00\x00"),
    "double cut off": one(["null", "double"], b"\x02" + bytes(7)),
    "fixed cut off": one(PAIR, b"a"),
    "branch -1": one(NULLABLE_INT, write_long(-1) + b"\x02"),
    "branch -2": one(NULLABLE_INT, write_long(-2) + b"\x02"),
    "branch 2": one(NULLABLE_INT, write_long(2) + b"\x02"),
    "branch -1, null second": one(["int", "null"], write_long(-1)),
    "branch 3 of three": one(["null", "int", "string"], write_long(3)),
    "symbol -1": one(ENUM, write_long(-1)),
    "symbol 2": one(ENUM, write_long(2)),
    "list without end": one(INTS, b"\x02\x02"),
    "list of a universe": one(INTS, write_long(1 << 62) + b"\x02\x00"),
    "list of a universe, sized": one(INTS, write_long(-(1 << 63)) + b"\x02\x02\x00"),
    "list of another size than stated": one(INTS, write_long(-2) + b"\x02\x02\x02\x00"),
    "list of a negative size": one(INTS, write_long(-1) + b"\x01\x02\x00"),
    "map with a key twice": one(MAP, b"\x04" + text("a") + b"\x02" + text("a") + b"\x04\x00"),
    "decimal beyond its precision": one(logical("bytes", "decimal", precision=2), b"\x02\x64"),
    "long decimal beyond its precision": one(
        logical("bytes", "decimal", precision=40), text("x" * 20)
    ),
    "decimal of 10,000 digits": one(
        logical("bytes", "decimal", precision=100_000), write_long(10_000) + b"\x7f" * 10_000
    ),
    "fixed decimal beyond its precision": one(
        {"type": "fixed", "name": "f", "size": 2, "logicalType": "decimal", "precision": 2},
        b"\x7f\xff",
    ),
    "whole number that a double does not hold": one(
        ["long", "double"], b"\x00" + write_long((1 << 53) + 1)
    ),
    "more lists of nulls than memory": one(
        {"type": "array", "items": "null"}, write_long(MAX_EMPTY_ITEMS + 1) + b"\x00"
    ),
    "lists of empty records": one(
        {"type": "array", "items": record() | {"name": "inner"}}, write_long(500_000_000) + b"\x00"
    ),
    "rows without bytes and with some": one("null", bytes(5), row_count=5),
}


@pytest.mark.parametrize("container", UNFIT.values(), ids=UNFIT.keys())
def test_what_avro_does_not_allow_is_turned_away_by_rows(container: bytes) -> None:
    with pytest.raises(RejectedError, match="not_avro: expected"):
        read(container)


@pytest.mark.parametrize("container", UNFIT.values(), ids=UNFIT.keys())
def test_what_avro_does_not_allow_is_turned_away_in_columns(
    container: bytes, converters: Converters
) -> None:
    result = converted(container, converters)
    if result == LOST:  # polars-avro loops where a block goes on after its last row
        result = converted(container, converters, is_alone=True)

    assert result == ("", "not_avro")


def test_fastavro_reads_the_same_from_what_it_has_written() -> None:
    fields = [
        ("a", ENUM),
        ("b", ["null", PAIR]),
        ("c", MAP),
        ("d", {"type": "array", "items": ["null", record(("x", "double")) | {"name": "inner"}]}),
        ("e", logical("bytes", "decimal", precision=9, scale=2)),
        ("f", ["string", "null", "boolean"]),
    ]
    values = {
        "a": "B",
        "b": b"xy",
        "c": {"k": -5},
        "d": [None, {"x": 0.25}],
        "e": Decimal("-12.34"),
        "f": True,
    }

    [landed] = read(avro_bytes([values], schema=record(*fields)))[1]

    assert landed == values | {"c": [("k", -5)], "f": "true"}
