"""Sets of types that one column landed with, in every order in which they may land."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pyarrow as pa

from tests.dbt_project.landing import Landing, daily_file

LANDED: dict[str, tuple[pa.DataType, Any]] = {
    "null": (pa.null(), None),
    "boolean": (pa.bool_(), True),
    "integer": (pa.int32(), 7),
    "bigint": (pa.int64(), 2**53 - 1),
    "float": (pa.float32(), 0.5),
    "double": (pa.float64(), 0.1),
    "decimal(10,2)": (pa.decimal128(10, 2), Decimal("1.10")),
    "decimal(20,6)": (pa.decimal128(20, 6), Decimal("2.000001")),
    "decimal(38,0)": (pa.decimal128(38, 0), Decimal("3")),
    "varchar": (pa.string(), "x"),
    "date": (pa.date32(), date(2026, 1, 2)),
    "integer[]": (pa.list_(pa.int32()), [1, None]),
    "struct": (pa.struct({"a": pa.int32(), "b": pa.string()}), {"a": 1, "b": "é"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Widening:
    """The one type that a set of landed types becomes, and each landed value as text of it."""

    landed: dict[str, str | None]
    widened: str


WIDENINGS = [
    Widening(landed={"float": "0.5"}, widened="DOUBLE"),
    Widening(landed={"null": None}, widened="VARCHAR"),
    Widening(landed={"null": None, "boolean": "true"}, widened="BOOLEAN"),
    Widening(landed={"struct": "{'a': 1, 'b': é}"}, widened="STRUCT(a INTEGER, b VARCHAR)"),
    Widening(landed={"integer": "7", "bigint": "9007199254740991"}, widened="BIGINT"),
    Widening(
        landed={"integer": "7.0", "bigint": "9007199254740991.0", "float": "0.5"}, widened="DOUBLE"
    ),
    Widening(landed={"float": "0.5", "double": "0.1", "null": None}, widened="DOUBLE"),
    Widening(
        landed={"decimal(10,2)": "1.100000", "decimal(20,6)": "2.000001"}, widened="DECIMAL(20,6)"
    ),
    Widening(landed={"decimal(38,0)": "3", "decimal(10,2)": "1.10"}, widened="VARCHAR"),
    Widening(
        landed={"decimal(10,2)": "1.100000000", "double": "0.100000000", "float": "0.500000000"},
        widened="DECIMAL(38,9)",
    ),
    Widening(landed={"decimal(10,2)": "1.10", "integer": "7"}, widened="VARCHAR"),
    Widening(landed={"boolean": "true", "integer": "7", "double": "0.1"}, widened="VARCHAR"),
    Widening(landed={"date": "2026-01-02", "varchar": "x"}, widened="VARCHAR"),
    Widening(
        landed={"integer[]": "[1,null]", "varchar": "x", "struct": '{"a":1,"b":"é"}'},
        widened="VARCHAR",
    ),
]
ORDERS = {
    f"column_{number}_{order_number}": (widening, order)
    for number, widening in enumerate(WIDENINGS)
    for order_number, order in enumerate(permutations(widening.landed))
}


def land(landing: Landing) -> None:
    """Land every order as a column of its own, a type a day."""
    for day in range(3):
        landed = {
            column: LANDED[order[day]] for column, (_, order) in ORDERS.items() if day < len(order)
        }
        row = {column: value for column, (_, value) in landed.items()}
        schema = {column: kind for column, (kind, _) in landed.items()}
        landing.land(daily_file("widening.created", day=day + 1), [row], schema=schema)
