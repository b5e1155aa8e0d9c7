"""A malformed container is rejected in bounded memory and time."""

from typing import Any

import pytest

from ingest.delivery.avro.container import MAX_BLOCK_BYTES, write_long
from ingest.errors import RejectedError
from tests.delivery.avro.containers import block, header, read, record, text

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


def header_of_blocks(*blocks: tuple[int, bytes]) -> bytes:
    counted = b"".join(write_long(-count) + write_long(len(body)) + body for count, body in blocks)
    return b"Obj\x01" + counted + b"\x00" + bytes(range(16))


def test_a_header_in_sized_blocks_is_read_and_must_be_of_its_size() -> None:
    schema = text("avro.schema") + text('{"type":"record","name":"row","fields":[]}')
    codec = text("avro.codec") + text("null")

    assert read(header_of_blocks((1, schema), (1, codec)))[1] == []
    with pytest.raises(RejectedError, match="as many bytes of header entries as stated"):
        read(header_of_blocks((1, schema + codec)))
