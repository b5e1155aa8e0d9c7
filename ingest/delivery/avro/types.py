"""The Arrow type and the reader of each Avro type (specification 1.12).

A type without an equal in Arrow lands as text. A value that does not fit its type is rejected,
never changed. A logical type that is not valid is ignored.
"""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import pyarrow as pa

from ingest.delivery.avro.moments import MOMENTS, Moment
from ingest.delivery.avro.rows import Cursor, Read, unfit_row
from ingest.errors import Reason, RejectedError

Convert = Callable[[Any], Any]

MAX_DECIMAL_DIGITS = 38
MAX_UNSCALED_BITS = 14_000
"""Python writes at most 4,300 digits as text."""
MAX_FIXED_BYTES = 1 << 20
_FLOAT: Final = struct.Struct("<f")
_DOUBLE: Final = struct.Struct("<d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One Avro type as an Arrow type, with the reader of its values."""

    arrow: pa.DataType
    read: Read
    """Reads one value as Arrow takes it: a date or time is an integer."""
    plain: Any = None
    """The type without logical types; None if only rows can be decoded."""
    width: int = 1
    """The number of columns."""
    is_empty: bool = False
    """Its values take no bytes: null, or a record of nothing else."""
    as_json: Convert = lambda value: value
    """Converts a value other than null for JSON."""
    fields: dict[str, Read] = field(default_factory=dict)
    """The reader of each field of a record."""


def primitive_type(schema: dict[str, Any]) -> Translation:
    """Translate a primitive type, with its logical type."""
    kind, logical = schema["type"], schema.get("logicalType")
    bare = PRIMITIVES[kind]
    if kind == "bytes" and logical == "decimal":
        return _decimal(schema, bare) or bare
    if isinstance(logical, str) and (kind, logical) in MOMENTS:
        return _moment(MOMENTS[kind, logical], bare)
    return bare


def fixed_type(schema: dict[str, Any]) -> Translation:
    """Translate a fixed type, with its logical type."""
    size = schema.get("size")
    if not isinstance(size, int) or not 0 < size <= MAX_FIXED_BYTES:
        raise unfit("a fixed size between 1 byte and 1 MiB", repr(size)[:80])
    bare = Translation(
        arrow=pa.binary(size), read=lambda cursor: cursor.take(size), as_json=_from_latin
    )
    if schema.get("logicalType") == "decimal":
        return _decimal(schema, bare) or bare
    if schema.get("logicalType") == "uuid" and size == 16:
        return Translation(arrow=pa.string(), read=lambda cursor: str(UUID(bytes=cursor.take(16))))
    return bare


def enum_type(schema: dict[str, Any]) -> Translation:
    """Translate an enum, which lands as text."""
    symbols = schema.get("symbols")
    if not isinstance(symbols, list) or not all(isinstance(each, str) for each in symbols):
        raise unfit("an enum's list of symbols", type(symbols).__name__)
    if len(set(symbols)) < len(symbols):
        raise unfit("symbols that differ", "one twice")

    def read(cursor: Cursor) -> str:
        index = cursor.long()
        if not 0 <= index < len(symbols):
            raise unfit_row("the number of a symbol", "another")
        symbol: str = symbols[index]
        return symbol

    return Translation(arrow=pa.string(), read=read)


def _moment(moment: Moment, bare: Translation) -> Translation:
    read_whole, least, most = bare.read, moment.least, moment.most

    def read(cursor: Cursor) -> int:
        value: int = read_whole(cursor)
        if least <= value <= most:
            return value
        raise moment.rejected()

    return Translation(arrow=moment.arrow, read=read, plain=bare.plain, as_json=moment.to_text)


def _decimal(schema: dict[str, Any], bare: Translation) -> Translation | None:
    """Return None where precision or scale is not valid: the bare type applies then."""
    precision, scale = schema.get("precision"), schema.get("scale", 0)
    if not (type(precision) is type(scale) is int and 0 <= scale <= precision > 0):
        return None
    read_bytes = bare.read

    def read(cursor: Cursor) -> Decimal:
        unscaled = int.from_bytes(read_bytes(cursor), "big", signed=True)
        if unscaled.bit_length() <= min(4 * precision, MAX_UNSCALED_BITS):
            digits = str(unscaled)
            if len(digits.lstrip("-")) <= precision:
                return Decimal(f"{digits}E-{scale}")
        raise unfit_row(f"a decimal of at most {precision} digits", "a longer one")

    if precision > MAX_DECIMAL_DIGITS:
        return Translation(arrow=pa.string(), read=lambda cursor: str(read(cursor)))
    return Translation(arrow=pa.decimal128(precision, scale), read=read, as_json=str)


def _read_boolean(cursor: Cursor) -> bool:
    byte = cursor.take(1)
    if byte not in (b"\x00", b"\x01"):
        raise unfit_row("a boolean of 0 or 1", "another byte")
    return byte == b"\x01"


def _read_int(cursor: Cursor) -> int:
    value = cursor.long()
    if not -(1 << 31) <= value < 1 << 31:
        raise unfit_row("a 32-bit number", "a longer one")
    return value


def _read_float(cursor: Cursor) -> float:
    value: float = _FLOAT.unpack(cursor.take(4))[0]
    return value


def _read_double(cursor: Cursor) -> float:
    value: float = _DOUBLE.unpack(cursor.take(8))[0]
    return value


def _read_bytes(cursor: Cursor) -> bytes:
    return cursor.take(cursor.long())


def read_string(cursor: Cursor) -> str:
    try:
        return str(cursor.take(cursor.long()), "utf-8")
    except UnicodeDecodeError:
        raise unfit_row("text in UTF-8", "other bytes") from None


def _from_latin(value: bytes) -> str:
    """Write bytes as Avro's own JSON does: each byte as the character of its number."""
    return value.decode("latin-1")


def _finite(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


PRIMITIVES: Final = {
    "null": Translation(arrow=pa.null(), read=lambda _: None, plain="null", is_empty=True),
    "boolean": Translation(arrow=pa.bool_(), read=_read_boolean, plain="boolean"),
    "int": Translation(arrow=pa.int32(), read=_read_int, plain="int"),
    "long": Translation(arrow=pa.int64(), read=Cursor.long, plain="long"),
    "float": Translation(arrow=pa.float32(), read=_read_float, plain="float", as_json=_finite),
    "double": Translation(arrow=pa.float64(), read=_read_double, plain="double", as_json=_finite),
    "bytes": Translation(arrow=pa.binary(), read=_read_bytes, plain="bytes", as_json=_from_latin),
    "string": Translation(arrow=pa.string(), read=read_string, plain="string"),
}


def unfit(expected: str, found: str) -> RejectedError:
    """Make the error for a schema that cannot be landed."""
    return RejectedError(Reason.SCHEMA, expected=expected, found=found)
