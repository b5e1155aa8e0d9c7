"""A union lands as the value of its branch."""

import struct
from typing import Any

import pytest

from ingest.delivery.avro.container import write_long
from tests.delivery.avro.containers import logical, one, read, record, text

MOMENT_MS = 1_577_934_245_678
WHEN = record(("d", logical("int", "date"))) | {"name": "inner"}
BYTES_MAP = {"type": "map", "values": ["bytes", "null"]}
NANOS = logical("long", "timestamp-nanos")


@pytest.mark.parametrize(
    ("union", "rows", "landed"),
    [
        ([logical("int", "date"), "string"], b"\x00" + write_long(18263), "2020-01-02"),
        (["string", logical("int", "date")], b"\x00" + text("soon"), "soon"),
        (
            [logical("long", "timestamp-millis"), "string"],
            b"\x00" + write_long(MOMENT_MS),
            "2020-01-02T03:04:05.678Z",
        ),
        (
            [logical("long", "local-timestamp-micros"), "int"],
            b"\x00" + write_long(-1),
            "1969-12-31T23:59:59.999999",
        ),
        ([NANOS, "int"], b"\x00\x02", "1970-01-01T00:00:00.000000001Z"),
        ([logical("int", "time-millis"), "string"], b"\x00" + write_long(61_001), "00:01:01.001"),
        ([logical("long", "timestamp-millis"), "int"], b"\x02\x08", "4"),
        (
            [logical("bytes", "decimal", precision=4, scale=2), "double"],
            b"\x00\x02\x7b",
            "1.23",
        ),
        (["double", "string"], b"\x00" + struct.pack("<d", 0.1), "0.1"),
        (["double", "string"], b"\x00" + struct.pack("<d", float("nan")), "nan"),
        ([WHEN, "string"], b"\x00" + write_long(18263), '{"d":"2020-01-02"}'),
        (
            [{"type": "array", "items": ["null", WHEN]}, "string"],
            b"\x00\x04\x00\x02\x00\x00",
            '[null,{"d":"1970-01-01"}]',
        ),
        (
            ["null", WHEN, record(("a", "null")) | {"name": "other"}],
            b"\x04",
            '{"a":null}',
        ),
        ([BYTES_MAP, "int"], b"\x00\x02\x02k\x00\x02\xff\x00", '{"k":"ÿ"}'),
        (["long", "double"], b"\x00" + write_long(1 << 53), float(1 << 53)),
        (["int", "float"], b"\x02" + struct.pack("<f", 0.5), 0.5),
        (["int", "long", "null"], b"\x04", None),
    ],
    ids=str,
)  # fmt: skip
def test_a_union_of_types_lands_as_what_its_branch_means(
    union: Any, rows: bytes, landed: object
) -> None:
    assert read(one(union, rows))[1] == [{"field": landed}]
