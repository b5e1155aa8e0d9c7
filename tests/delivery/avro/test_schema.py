"""Schemas that Avro allows are translated, others are rejected."""

import io
from typing import Any

import pytest

from ingest.delivery.avro.decode import open_container
from ingest.errors import RejectedError
from tests.delivery.avro.containers import (
    INTS,
    STRINGS,
    hand_made,
    header,
    logical,
    read,
    record,
)
from tests.support.sender import avro_bytes


def test_a_named_type_may_be_used_again() -> None:
    point = record(("x", "int")) | {"name": "point", "namespace": "a.b"}
    schema = record(("first", point), ("second", ["null", "a.b.point"]))

    _, rows = read(avro_bytes([{"first": {"x": 1}, "second": {"x": 2}}], schema=schema))

    assert rows == [{"first": {"x": 1}, "second": {"x": 2}}]


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


@pytest.mark.parametrize(
    "kind",
    [
        ["null", ["null", "int"]],
        ["int", "int"],
        ["null", INTS, STRINGS],
        ["long", logical("long", "timestamp-millis")],
        {"type": "enum", "name": "e", "symbols": ["A", "A"]},
        {"type": "enum", "name": "e", "symbols": [1]},
        {"type": "enum", "name": "e", "symbols": "AB"},
        {"type": "fixed", "name": "row", "size": 1},
        {"type": "array"},
        {"type": "map", "values": ["null", "row"]},
    ],
    ids=str,
)
def test_a_schema_that_avro_does_not_allow_is_rejected(kind: Any) -> None:
    with pytest.raises(RejectedError, match="schema: expected"):
        open_container(io.BytesIO(header(record(("field", kind)))))
