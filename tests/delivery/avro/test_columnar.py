"""Both decoders read what fastavro reads, or both reject it."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import fastavro
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.delivery.avro.container import read_header
from ingest.delivery.avro.decode import COLUMNS, GROUP_BYTES, ROWS, open_container
from ingest.delivery.avro.schema import column_types
from ingest.errors import RejectedError
from ingest.landing.converters import Converters
from tests.support.converting import LOST, converted
from tests.support.sender import avro_bytes

EXAMPLES = int(os.environ.get("CHAOS_EXAMPLES", "300")) // 8
INT, LONG = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1)
LONG_LIST = {"type": "array", "items": "long"}
MOMENTS = st.integers(0, 2**32).map(lambda second: datetime.fromtimestamp(second, tz=UTC))
FLAT: list[tuple[Any, st.SearchStrategy[Any]]] = [
    ("boolean", st.booleans()),
    ("int", INT),
    ("long", LONG),
    ("float", st.floats(width=32)),
    ("double", st.floats()),
    ("string", st.text(st.characters(exclude_categories=["Cs"]))),
    ("bytes", st.binary(max_size=8)),
    ({"type": "int", "logicalType": "date"}, st.dates(date(1900, 1, 1), date(2100, 1, 1))),
    ({"type": "long", "logicalType": "timestamp-millis"}, MOMENTS),
    ({"type": "long", "logicalType": "timestamp-micros"}, MOMENTS),
    ({"type": "array", "items": "string"}, st.lists(st.text("abc"), max_size=3)),
    ({"type": "array", "items": "long"}, st.lists(LONG, max_size=3)),
]


@st.composite
def fields(draw: st.DrawFn) -> tuple[Any, st.SearchStrategy[Any]]:
    """Draw a field's type and what it may hold, some of them nullable."""
    kind, values = draw(st.sampled_from(FLAT))
    union = draw(st.sampled_from([None, ["null", kind], [kind, "null"]]))
    return (union, st.none() | values) if union else (kind, values)


@st.composite
def containers(draw: st.DrawFn, *, codec: str | None = None) -> bytes:
    """Draw a container of a flat schema."""
    drawn = draw(st.lists(fields(), min_size=1, max_size=6))
    names = [f"field_{number}" for number in range(len(drawn))]
    schema = {
        "type": "record",
        "name": "row",
        "fields": [
            {"name": name, "type": kind} for name, (kind, _) in zip(names, drawn, strict=True)
        ],
    }
    row = st.fixed_dictionaries(
        {name: values for name, (_, values) in zip(names, drawn, strict=True)}
    )
    rows = draw(st.lists(row, max_size=8))
    codec = codec or draw(st.sampled_from(["null", "deflate", "snappy"]))
    return avro_bytes(rows, schema=schema, codec=codec)


ENUM = {"type": "enum", "name": "e", "symbols": ["A", "B", "C"]}
MONEY = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
INNER = {
    "type": "record",
    "name": "inner",
    "fields": [{"name": "x", "type": ["null", "double"]}, {"name": "y", "type": "boolean"}],
}
CENTS = st.integers(-(10**9) + 1, 10**9 - 1).map(lambda cents: Decimal(cents) / 100)
INNER_ROWS = st.fixed_dictionaries(
    {"x": st.none() | st.floats(allow_nan=False), "y": st.booleans()}
)
DEEP: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "enum": (ENUM, st.sampled_from("ABC")),
    "fixed": ({"type": "fixed", "name": "f", "size": 3}, st.binary(min_size=3, max_size=3)),
    "decimal": (["null", MONEY], st.none() | CENTS),
    "record": (["null", INNER], st.none() | INNER_ROWS),
    "list": (
        {"type": "array", "items": ["null", "inner"]},
        st.lists(st.none() | INNER_ROWS, max_size=4),
    ),
    "map": ({"type": "map", "values": LONG_LIST}, st.dictionaries(st.text("abc"), st.lists(LONG))),
    "date": (
        {"type": "int", "logicalType": "date"},
        st.dates(),
    ),
    "time": ({"type": "long", "logicalType": "time-micros"}, st.times()),
}


@settings(deadline=None)
@given(rows=st.lists(st.fixed_dictionaries({name: values for name, (_, values) in DEEP.items()})))
def test_rows_are_those_that_fastavro_reads(rows: list[dict[str, Any]]) -> None:
    fields = [{"name": name, "type": kind} for name, (kind, _) in DEEP.items()]
    container = avro_bytes(rows, schema={"type": "record", "name": "row", "fields": fields})

    opened = open_container(io.BytesIO(container))
    landed = [
        row | {"map": dict(row["map"])} for batch in opened.batches for row in batch.to_pylist()
    ]

    assert landed == list(fastavro.reader(io.BytesIO(container)))


@pytest.fixture(scope="module")
def converters() -> Iterator[Converters]:
    with Converters(patience_s=1) as processes:
        yield processes


def outcome(container: bytes, *, in_columns: bool) -> tuple[str, str]:
    """Return the schema and rows, or the reason why there are none."""
    try:
        opened = open_container(io.BytesIO(container), in_columns=in_columns)
        rows = [row for batch in opened.batches for row in batch.to_pylist()]
    except RejectedError as error:
        return ("", str(error.reason))
    return (str(column_types(opened.schema)), repr(rows))


@settings(deadline=None)
@given(container=containers())
def test_flat_rows_are_those_of_the_reference(container: bytes) -> None:
    assert open_container(io.BytesIO(container), in_columns=True).decoder == COLUMNS
    assert outcome(container, in_columns=True) == outcome(container, in_columns=False)


@settings(deadline=None, max_examples=EXAMPLES)
@given(container=containers(codec="null"), data=st.data())
def test_damaged_rows_give_the_result_of_the_reference_or_end_the_process(
    container: bytes, data: st.DataObject, converters: Converters
) -> None:
    start = end_of_header(container)
    assume(start < len(container))
    at = data.draw(st.integers(start, len(container) - 1))
    damaged = container[:at] + bytes([data.draw(st.integers(0, 255))]) + container[at + 1 :]

    assert converted(damaged, converters) in (outcome(damaged, in_columns=False), LOST)


def end_of_header(container: bytes) -> int:
    stream = io.BytesIO(container)
    read_header(stream)
    return stream.tell()


def long_container(row_count: int) -> tuple[bytes, list[str]]:
    schema = {"type": "record", "name": "row", "fields": [{"name": "field", "type": "string"}]}
    texts = [f"{number:0100}" for number in range(row_count)]
    return avro_bytes([{"field": text} for text in texts], schema=schema), texts


def test_rows_stay_in_file_order_over_many_groups() -> None:
    container, texts = long_container(3 * GROUP_BYTES // 100)

    opened = open_container(io.BytesIO(container), in_columns=True)

    assert [row["field"] for batch in opened.batches for row in batch.to_pylist()] == texts


@pytest.mark.parametrize(
    "kind",
    [
        ["null", "int", "string"],
        {"type": "map", "values": "int"},
        {"type": "array", "items": ["null", "int"]},
        {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
        {"type": "enum", "name": "e", "symbols": ["A"]},
        {"type": "fixed", "name": "f", "size": 2},
        {"type": "record", "name": "inner", "fields": [{"name": "field", "type": "int"}]},
        "null",
    ],
    ids=str,
)
def test_other_schemas_are_left_to_the_reference(kind: Any) -> None:
    schema = {"type": "record", "name": "row", "fields": [{"name": "field", "type": kind}]}

    opened = open_container(io.BytesIO(avro_bytes([], schema=schema)), in_columns=True)

    assert opened.decoder == ROWS
