"""The typed value of a delivered value, written to be read rather than to be fast."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

MILLIS_FROM = 10**11
MICROS_FROM = 10**14
_PRIMITIVES: Final = {"int": "integer", "long": "bigint", "string": "varchar"}
_NUMBERS: Final = ("integer", "bigint", "double")


def landed_type(avro: Any) -> str:
    """Return the landed type of a column of one file."""
    if isinstance(avro, list):
        return landed_type(next(each for each in avro if each != "null"))
    if isinstance(avro, str):
        return _PRIMITIVES.get(avro, avro)
    if avro["type"] == "array":
        return f"{landed_type(avro['items'])}[]"
    if avro["type"] == "record":
        fields = (f"{each['name']} {landed_type(each['type'])}" for each in avro["fields"])
        return f"struct({', '.join(fields)})"
    return f"decimal({avro['precision']},{avro['scale']})"


def wider(one: str, other: str) -> str:
    """Return the type that holds both; only numbers are ever widened here."""
    if one == other:
        return one
    return _NUMBERS[max(_NUMBERS.index(one), _NUMBERS.index(other))]


def column_type(name: str, *, landed: str | None, catalogued: str | None) -> str:
    """Return the type of a table's column.

    Args:
        landed: the type in the files; None where no file has the column.
        catalogued: the type in the catalogue; None for an unknown column.
    """
    if catalogued is not None and (landed is None or _is_typed(catalogued)):
        return catalogued
    if name.endswith("_at") and landed in ("integer", "bigint"):
        return "timestamptz"
    if name.endswith("_on") and landed == "varchar":
        return "date"
    return landed or "varchar"


def typed(value: Any, kind: str) -> Any:
    """Type a value for JSON; None where it does not fit."""
    if value is None:
        return None
    if kind == "timestamptz":
        return _moment(value)
    if kind == "date":
        return _date(value)
    if kind.startswith("decimal"):
        digits, scale = map(int, re.findall(r"\d+", kind))
        return _decimal(value, digits=digits, scale=scale)
    return float(value) if kind == "double" else value


def _is_typed(kind: str) -> bool:
    return kind in ("timestamptz", "date") or kind.startswith("decimal")


def _moment(epoch: int) -> str:
    micros_each = 1 if abs(epoch) > MICROS_FROM else 1000 if abs(epoch) > MILLIS_FROM else 10**6
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=epoch * micros_each)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _date(text: str) -> str | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _decimal(value: float | Decimal, *, digits: int, scale: int) -> str | None:
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    limit = Decimal(10) ** (digits - scale)
    if not exact.is_finite() or abs(exact) >= limit:
        return None
    # 0 is added because it has no sign in a database
    rounded = exact.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP) + 0
    return f"{rounded:f}" if abs(rounded) < limit else None
