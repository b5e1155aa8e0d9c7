"""How each Avro type lands: exact where Arrow has the type, text where nothing has it.

Logical types (Avro specification 1.12) are told from the schema alone. A union of several types
besides null lands as the widest number, or as text with nested values as JSON.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import pyarrow as pa

from ingest.errors import Reason, RejectedError

Convert = Callable[[Any], Any]

MAX_DECIMAL_DIGITS = 38
MAX_FIXED_BYTES = 1 << 20

PRIMITIVES: Final = {
    "null": pa.null(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bytes": pa.binary(),
    "string": pa.string(),
}
_LOGICAL: Final = {
    ("int", "date"): pa.date32(),
    ("int", "time-millis"): pa.time32("ms"),
    ("long", "time-micros"): pa.time64("us"),
    ("long", "timestamp-millis"): pa.timestamp("ms", "UTC"),
    ("long", "timestamp-micros"): pa.timestamp("us", "UTC"),
    ("long", "timestamp-nanos"): pa.timestamp("ns", "UTC"),
    ("long", "local-timestamp-millis"): pa.timestamp("ms"),
    ("long", "local-timestamp-micros"): pa.timestamp("us"),
    ("long", "local-timestamp-nanos"): pa.timestamp("ns"),
}
_NUMBERS: Final = (pa.int32(), pa.int64(), pa.float32(), pa.float64())


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One Avro type: as Arrow's, as the schema to decode it by, and how its values must change."""

    arrow: pa.DataType
    plain: Any
    """The Avro type without the logical types that Arrow reads from the bare number."""
    width: int = 1
    """How many columns a reader sees."""
    convert: Convert | None = None


def primitive_type(schema: dict[str, Any]) -> Translation:
    kind, logical = schema["type"], schema.get("logicalType")
    if kind == "bytes" and logical == "decimal":
        return _decimal(schema, plain={"type": "bytes"}) or Translation(
            arrow=pa.binary(), plain=kind
        )
    if isinstance(logical, str) and (kind, logical) in _LOGICAL:
        return Translation(arrow=_LOGICAL[kind, logical], plain=kind)
    return Translation(arrow=PRIMITIVES[kind], plain=kind)


def _decimal(schema: dict[str, Any], *, plain: dict[str, Any]) -> Translation | None:
    """None where precision or scale is not valid: the specification then takes the bare type."""
    precision, scale = schema.get("precision"), schema.get("scale", 0)
    if not (isinstance(precision, int) and isinstance(scale, int) and 0 <= scale <= precision > 0):
        return None
    plain |= {"logicalType": "decimal", "precision": precision, "scale": scale}
    if precision > MAX_DECIMAL_DIGITS:
        return Translation(arrow=pa.string(), plain=plain, convert=_as_text)
    return Translation(arrow=pa.decimal128(precision, scale), plain=plain)


def fixed_type(schema: dict[str, Any], *, named: dict[str, Any]) -> Translation:
    size = schema.get("size")
    if not isinstance(size, int) or not 0 < size <= MAX_FIXED_BYTES:
        raise unfit("a fixed size between 1 byte and 1 MiB", repr(size)[:80])
    plain = {"type": "fixed", "size": size} | named
    if schema.get("logicalType") == "decimal" and (decimal := _decimal(schema, plain=dict(plain))):
        return decimal
    if schema.get("logicalType") == "uuid" and size == 16:
        return Translation(
            arrow=pa.string(), plain=plain, convert=lambda value: str(UUID(bytes=value))
        )
    return Translation(arrow=pa.binary(size), plain=plain)


def enum_type(schema: dict[str, Any], *, named: dict[str, Any]) -> Translation:
    return Translation(
        arrow=pa.string(), plain={"type": "enum", "symbols": schema.get("symbols")} | named
    )


def record_type(fields: dict[str, Translation], *, named: dict[str, Any]) -> Translation:
    plain = {
        "type": "record",
        "fields": [{"name": name, "type": field.plain} for name, field in fields.items()],
    } | named
    if not fields:
        return Translation(arrow=pa.string(), plain=plain, convert=_as_text)
    converts = {name: field.convert for name, field in fields.items() if field.convert}

    def convert(row: dict[str, Any]) -> dict[str, Any]:
        changed = {
            name: change(row[name]) for name, change in converts.items() if row[name] is not None
        }
        return row | changed

    return Translation(
        arrow=pa.struct([(name, field.arrow) for name, field in fields.items()]),
        plain=plain,
        width=sum(field.width for field in fields.values()),
        convert=convert if converts else None,
    )


def array_type(items: Translation) -> Translation:
    change = items.convert
    return Translation(
        arrow=pa.list_(items.arrow),
        plain={"type": "array", "items": items.plain},
        width=items.width,
        convert=change and (lambda values: [v if v is None else change(v) for v in values]),
    )


def map_type(values: Translation) -> Translation:
    change = values.convert
    return Translation(
        arrow=pa.map_(pa.string(), values.arrow),
        plain={"type": "map", "values": values.plain},
        width=values.width,
        convert=change
        and (lambda pairs: {k: v if v is None else change(v) for k, v in pairs.items()}),
    )


def widest_type(types: list[pa.DataType]) -> tuple[pa.DataType, Convert | None]:
    if all(each in _NUMBERS for each in types):
        widest = max(types, key=_NUMBERS.index)
        return (pa.int64(), None) if widest == pa.int64() else (pa.float64(), float)
    return pa.string(), _as_text


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return str(value)


def unfit(expected: str, found: str) -> RejectedError:
    return RejectedError(Reason.SCHEMA, expected=expected, found=found)
