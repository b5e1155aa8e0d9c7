"""An Avro container comes out with its own types, or is turned away in bounded memory and time."""

import io
import json
import zlib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from ingest.delivery.avro.codec import decompress
from ingest.delivery.avro.container import MAX_BLOCK_BYTES, write_long
from ingest.delivery.avro.decode import open_container
from ingest.delivery.avro.rows import BATCH_ROWS
from ingest.errors import RejectedError
from tests.support.sender import avro_bytes

SYNC = bytes(range(16))


def record(*fields: tuple[str, Any]) -> dict[str, Any]:
    return {
        "type": "record",
        "name": "row",
        "fields": [{"name": name, "type": kind} for name, kind in fields],
    }


def read(container: bytes) -> tuple[pa.Schema, list[dict[str, Any]]]:
    opened = open_container(io.BytesIO(container))
    return opened.schema, [row for batch in opened.batches for row in batch.to_pylist()]


def logical(kind: str, logical_type: str, **more: object) -> dict[str, object]:
    return {"type": kind, "logicalType": logical_type} | more


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


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_every_codec_is_read(codec: str) -> None:
    rows = [{"field": "x" * 50 + str(number)} for number in range(BATCH_ROWS + 10)]

    assert read(avro_bytes(rows, schema=record(("field", "string")), codec=codec))[1] == rows


def test_snappy_and_zstandard_blocks_are_read() -> None:
    plain = b"plain" * 100
    snappy = pa.compress(plain, codec="snappy", asbytes=True) + zlib.crc32(plain).to_bytes(4, "big")

    assert decompress(snappy, codec="snappy", limit=1000) == plain
    zstandard = pa.compress(plain, codec="zstd", asbytes=True)
    assert decompress(zstandard, codec="zstandard", limit=1000) == plain


@pytest.mark.parametrize("codec", ["deflate", "bzip2", "xz", "zstandard", "snappy"])
def test_a_block_that_is_not_of_its_codec_is_turned_away(codec: str) -> None:
    with pytest.raises(RejectedError, match="not_avro"):
        decompress(b"\x09nonsense", codec=codec, limit=1000)


def test_a_named_type_may_be_used_again() -> None:
    point = record(("x", "int")) | {"name": "point", "namespace": "a.b"}
    schema = record(("first", point), ("second", ["null", "a.b.point"]))

    _, rows = read(avro_bytes([{"first": {"x": 1}, "second": {"x": 2}}], schema=schema))

    assert rows == [{"first": {"x": 1}, "second": {"x": 2}}]


def hand_made(schema: object, row: bytes) -> bytes:
    """Write a container of one row, whose schema no library has checked."""
    return header(schema) + block(1, row)


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("com.acme-corp.events", "row"),
        ("com.acme.Outer$", "row"),
        ("com.acme.2nd", "row"),
        ("", "a-row"),
        ("com.acme", "Row$1"),
        ("com.müller", "row"),
        ("com..acme.", "row"),
    ],
)
def test_a_type_may_be_called_as_java_calls_it(namespace: str, name: str) -> None:
    colour = {"type": "enum", "name": f"{name}_colour", "symbols": ["RED", "BLUE"]}
    code = {"type": "fixed", "name": f"{name}_code", "size": 2}
    point = record(("x", "int")) | {"name": f"{name}_point"}
    fields = record(
        ("guid", "string"),
        ("colour", colour),
        ("code", ["null", code]),
        ("first", point),
        ("second", f"{name}_point"),
        ("other", colour["name"]),
    )
    row = b"\x02A" + b"\x02" + b"\x02ab" + b"\x0e" + b"\x10" + b"\x00"

    _, rows = read(hand_made(fields | {"name": name, "namespace": namespace}, row))

    assert rows == [
        {
            "guid": "A",
            "colour": "BLUE",
            "code": b"ab",
            "first": {"x": 7},
            "second": {"x": 8},
            "other": "RED",
        }
    ]


def header(schema: object, *, codec: bytes = b"null") -> bytes:
    text = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    entries = (b"avro.schema", text, b"avro.codec", codec)
    body = b"".join(write_long(len(entry)) + entry for entry in entries)
    return b"Obj\x01" + write_long(2) + body + write_long(0) + SYNC


def block(row_count: int, rows: bytes, *, size: int | None = None, sync: bytes = SYNC) -> bytes:
    return write_long(row_count) + write_long(len(rows) if size is None else size) + rows + sync


INT = record(("field", "int"))
NESTED: Any = "int"
for _ in range(40):
    NESTED = {"type": "array", "items": NESTED}
DOUBLING: Any = "int"
for level in range(20):
    inner = DOUBLING if level == 0 else f"r{level - 1}"
    DOUBLING = {"type": "record", "name": f"r{level}"} | {
        "fields": [{"name": "a", "type": DOUBLING}, {"name": "b", "type": inner}]
    }


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        (b"", "not_avro"),
        (b"Obj\x02", "not_avro"),
        (header(INT)[:-3], "not_avro"),
        (header(INT, codec=b"brotli"), "not_avro"),
        (header(b"{"), "schema"),
        (header(b"[" * 100_000), "schema"),
        (header("int"), "schema"),
        (header(record(("field", "unknown"))), "schema"),
        (header(record(("field", "row"))), "schema"),
        (header(record(("field", ["null", "row"]))), "schema"),
        (header(record(("a", "int"), ("A", "int"))), "schema"),
        (header(record(("_event", "int"))), "schema"),
        (header(record(("_ROW_NUMBER_2", "int"))), "schema"),
        (header(record(("a b", "int"))), "schema"),
        (header(record(*((f"f{number}", "int") for number in range(10_000)))), "schema"),
        (header(record(("field", NESTED))), "schema"),
        (header(record(("field", DOUBLING))), "schema"),
        (header(record(("field", {"type": "enum", "name": "e"}))), "schema"),
        (header(record(("field", {"type": "fixed", "name": "f", "size": -1}))), "schema"),
        (b"Obj\x01" + write_long(2**40), "not_avro"),
        (b"Obj\x01" + write_long(1) + write_long(2**40), "not_avro"),
        (b"Obj\x01" + b"\xff" * 20, "not_avro"),
        (header(INT) + block(-1, b""), "not_avro"),
        (header(INT) + block(1, b"\x02", size=-1), "not_avro"),
        (header(INT) + block(1, b"\x02", size=MAX_BLOCK_BYTES + 1), "too_large"),
        (header(INT) + block(1, b"\x02", size=1000), "not_avro"),
        (header(INT) + block(2**50, b"\x02"), "not_avro"),
        (header(record()) + block(2**50, b""), "not_avro"),
        (header(INT) + block(2, b"\x02"), "not_avro"),
        (header(INT) + block(1, b"\x02", sync=bytes(16)), "not_avro"),
        (header(INT) + block(1, b"\x02")[:-1], "not_avro"),
        (header(record(("field", "string"))) + block(1, b"\x02\xff"), "not_avro"),
        (header(record(("field", "string"))) + block(1, write_long(2**40)), "not_avro"),
        (header(record(("field", ["null", "int"]))) + block(1, b"\x09"), "not_avro"),
    ],
)
def test_an_absurd_container_is_turned_away(container: bytes, reason: str) -> None:
    with pytest.raises(RejectedError, match=f"{reason}: expected"):
        read(container)


def test_a_block_that_explodes_is_stopped_at_its_limit() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    squeezed = bomb.compress(bytes(50_000_000)) + bomb.flush()

    with pytest.raises(RejectedError, match="too_large"):
        decompress(squeezed, codec="deflate", limit=1_000_000)
