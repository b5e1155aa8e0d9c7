"""The oracle's typing, value by value."""

from decimal import Decimal
from typing import Any

import pytest

from sample.send.truth_values import column_type, landed_type, typed, wider


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (1_767_225_600, "timestamptz", "2026-01-01T00:00:00.000000Z"),
        (1_767_225_600_123, "timestamptz", "2026-01-01T00:00:00.123000Z"),
        (1_767_225_600_123_456, "timestamptz", "2026-01-01T00:00:00.123456Z"),
        (-1, "timestamptz", "1969-12-31T23:59:59.000000Z"),
        ("2026-02-28", "date", "2026-02-28"),
        ("2026-02-30", "date", None),
        ("20260228", "date", None),
        ("unknown", "date", None),
        (10.075, "decimal(18,2)", "10.08"),
        (0.285, "decimal(18,2)", "0.29"),
        (-1.005, "decimal(18,2)", "-1.01"),
        (-0.001, "decimal(18,2)", "0.00"),
        (1234.5678915, "decimal(18,6)", "1234.567892"),
        (Decimal("7.1250"), "decimal(18,2)", "7.13"),
        (1e20, "decimal(18,2)", None),
        (999_999_999_999_999.5, "decimal(18,2)", "999999999999999.50"),
        (Decimal("9999999999999999.999"), "decimal(18,2)", None),
        (float("nan"), "decimal(18,2)", None),
        (7, "double", 7.0),
        (["a"], "varchar[]", ["a"]),
        (None, "date", None),
    ],
)
def test_a_value_is_typed_or_null(value: Any, kind: str, expected: Any) -> None:
    found = typed(value, kind)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("avro", "expected"),
    [
        (["null", "int"], "integer"),
        ("double", "double"),
        (["null", {"type": "array", "items": "string"}], "varchar[]"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 3}, "decimal(9,3)"),
        (
            {"type": "record", "name": "r", "fields": [{"name": "a", "type": ["null", "long"]}]},
            "struct(a bigint)",
        ),
    ],
)
def test_an_avro_type_lands_as(avro: Any, expected: str) -> None:
    assert landed_type(avro) == expected


@pytest.mark.parametrize(
    ("name", "landed", "catalogued", "expected"),
    [
        ("date", "bigint", "timestamptz", "timestamptz"),
        ("seen_at", "bigint", None, "timestamptz"),
        ("starts_on", "varchar", None, "date"),
        ("amount", "double", None, "double"),
        ("revision", "bigint", "integer", "bigint"),
        ("revision", None, "integer", "integer"),
        ("amount", "double", "decimal(18,2)", "decimal(18,2)"),
    ],
)
def test_a_column_is_typed_by_catalogue_or_suffix_and_else_as_it_landed(
    name: str, landed: str | None, catalogued: str | None, expected: str
) -> None:
    assert column_type(name, landed=landed, catalogued=catalogued) == expected


def test_numbers_widen_and_nothing_else_does() -> None:
    assert wider("integer", "double") == wider("double", "integer") == "double"
    with pytest.raises(ValueError, match="not in tuple"):
        wider("integer", "varchar")
