"""A value of every type lands as itself."""

import struct
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from ingest.delivery.avro.container import write_long
from ingest.landing.converters import Converters
from tests.delivery.avro.containers import ENUM, INTS, logical, one, read, record, text
from tests.support.converting import converted
from tests.support.sender import avro_bytes

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "value", "arrow", "landed"),
    [
        ("boolean", True, pa.bool_(), True),
        ("int", -(2**31), pa.int32(), -(2**31)),
        ("long", 2**63 - 1, pa.int64(), 2**63 - 1),
        ("float", 0.5, pa.float32(), 0.5),
        ("double", 0.1, pa.float64(), 0.1),
        ("bytes", b"\x00\xff", pa.binary(), b"\x00\xff"),
        ("string", "a\x00\n'\"🦆", pa.string(), "a\x00\n'\"🦆"),
        (["null", "string"], None, pa.string(), None),
        (["string", "null"], "x", pa.string(), "x"),
        ("null", None, pa.null(), None),
        (logical("int", "date"), date(2026, 1, 2), pa.date32(), date(2026, 1, 2)),
        (logical("int", "time-millis"), time(1, 2, 3), pa.time32("ms"), time(1, 2, 3)),
        (logical("long", "time-micros"), time(1, 2, 3, 4), pa.time64("us"), time(1, 2, 3, 4)),
        (logical("long", "timestamp-millis"), MOMENT, pa.timestamp("ms", "UTC"), MOMENT),
        (logical("long", "timestamp-micros"), MOMENT, pa.timestamp("us", "UTC"), MOMENT),
        (
            logical("long", "local-timestamp-millis"),
            MOMENT.replace(tzinfo=None),
            pa.timestamp("ms"),
            MOMENT.replace(tzinfo=None),
        ),
        (logical("string", "uuid"), "0" * 32, pa.string(), "0" * 32),
        (
            logical("bytes", "decimal", precision=9, scale=2),
            Decimal("-1.20"),
            pa.decimal128(9, 2),
            Decimal("-1.20"),
        ),
        (
            logical("fixed", "decimal", name="f", size=8, precision=9, scale=2),
            Decimal("1.20"),
            pa.decimal128(9, 2),
            Decimal("1.20"),
        ),
        (
            logical("bytes", "decimal", precision=40, scale=2),
            Decimal("1.20"),
            pa.string(),
            "1.20",
        ),
        (logical("int", "no such thing"), 7, pa.int32(), 7),
        ({"type": "fixed", "name": "f", "size": 2}, b"ab", pa.binary(2), b"ab"),
        ({"type": "enum", "name": "e", "symbols": ["A", "B"]}, "B", pa.string(), "B"),
        ({"type": "array", "items": "string"}, ["a", "b"], pa.list_(pa.string()), ["a", "b"]),
        (
            {"type": "map", "values": "int"},
            {"a": 1},
            pa.map_(pa.string(), pa.int32()),
            [("a", 1)],
        ),
        (
            record(("x", "int")) | {"name": "inner"},
            {"x": 1},
            pa.struct([("x", pa.int32())]),
            {"x": 1},
        ),
        (record() | {"name": "inner"}, {}, pa.string(), "{}"),
        (["int", "long"], 7, pa.int64(), 7),
        (["int", "double"], 7, pa.float64(), 7.0),
        (["null", "int", "string"], 7, pa.string(), "7"),
        (["null", "boolean", "string"], True, pa.string(), "true"),
        (["string", {"type": "array", "items": "int"}], [1, 2], pa.string(), "[1,2]"),
    ],
    ids=str,
)
def test_every_type_lands_as_itself(
    kind: Any, value: object, arrow: pa.DataType, landed: object
) -> None:
    container = avro_bytes([{"field": value}], schema=record(("field", kind)))

    schema, rows = read(container)

    assert schema.field("field").type == arrow
    assert rows == [{"field": landed}]


@pytest.mark.parametrize(
    ("kind", "rows", "landed"),
    [
        (logical("string", "date"), text("x"), "x"),
        (logical("int", "timestamp-millis"), b"\x02", 1),
        (logical("long", "date"), b"\x02", 1),
        (logical("bytes", "decimal", precision=2, scale=3), b"\x02\x01", b"\x01"),
        (logical("bytes", "decimal", precision=0), b"\x02\x01", b"\x01"),
        (logical("bytes", "decimal", precision=True), b"\x02\x01", b"\x01"),
        (logical("bytes", "decimal", precision="9"), b"\x02\x01", b"\x01"),
        (logical("bytes", "decimal"), b"\x02\x01", b"\x01"),
        (logical("string", "uuid"), text("no uuid"), "no uuid"),
        (logical("fixed", "uuid", name="f", size=2), b"ab", b"ab"),
        (logical("fixed", "duration", name="f", size=12), b"d" * 12, b"d" * 12),
        (logical("bytes", "decimal", precision=38), b"\x20" + b"\xff" * 16, Decimal(-1)),
        (
            logical("bytes", "decimal", precision=39, scale=3),
            write_long(17) + (10**39 - 1).to_bytes(17, "big"),
            "9" * 36 + ".999",
        ),
        (logical("bytes", "decimal", precision=5, scale=5), b"\x00", Decimal("0.00000")),
        ("float", struct.pack("<f", float("inf")), float("inf")),
        ("long", b"\x82\x00", 1),
        (INTS, write_long(-2) + b"\x04\x02\x04\x02\x06\x00", [1, 2, 3]),
        ({"type": "array", "items": "null"}, b"\x04\x00", [None, None]),
        ({"type": "map", "values": "null"}, b"\x02" + text("k") + b"\x00", [("k", None)]),
        (["null", record(("x", ["null", ENUM])) | {"name": "inner"}], b"\x02\x02\x02", {"x": "B"}),
        (logical("int", "date"), b"\x00", date(1970, 1, 1)),
        (
            {"type": "array", "items": logical("int", "date")},
            b"\x02\x00\x00",
            [date(1970, 1, 1)],
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_avro_allows_lands_unaltered_by_both(
    kind: Any, rows: bytes, landed: object, converters: Converters
) -> None:
    container = one(kind, rows)

    assert read(container)[1] == [{"field": landed}]
    assert converted(container, converters)[1] == repr([{"field": landed}])
