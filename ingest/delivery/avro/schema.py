"""An Avro schema as an Arrow schema, its limits, and Arrow's types as DuckDB names them."""

import re
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from ingest.delivery.avro.nested import array_type, map_type, record_type, union_type
from ingest.delivery.avro.types import (
    PRIMITIVES,
    Translation,
    enum_type,
    fixed_type,
    primitive_type,
    unfit,
)

LINEAGE: Final = {
    "_resource": pa.string(),
    "_event": pa.string(),
    "_snapshot_date": pa.date32(),
    "_client_guid": pa.string(),
    "_row_number": pa.int64(),
    "_source_file": pa.string(),
    "_source_sha256": pa.string(),
}
"""The columns after the fields of every landed row, which lead back to its file."""

MAX_FIELDS = 4_096
MAX_DEPTH = 32
_NAMED: Final = ("record", "error", "enum", "fixed")
MAX_NAME = 1_000
"""The longest name of a type with its namespace. It may hold - and $, which Java writes."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def translate_schema(schema: object) -> tuple[pa.Schema, Translation]:
    """Translate a container's schema; the Arrow schema has no lineage columns.

    Raises:
        RejectedError: it is no record, is recursive or too large, or has names that cannot land.
    """
    translation = _Walk().translate(schema, namespace="", depth=0)
    if not (isinstance(schema, dict) and schema.get("type") in ("record", "error")):
        raise unfit("a record", "another type")
    if not pa.types.is_struct(translation.arrow):
        return pa.schema([]), translation
    fields = list(translation.arrow)
    for field in fields:
        if field.name.lower().startswith(tuple(LINEAGE)):
            raise unfit("no field that begins like a lineage column", field.name)
    return pa.schema(fields), translation


class _Walk:
    """One descent through a schema, which collects the named types."""

    def __init__(self) -> None:
        self._named: dict[str, Translation | None] = {}
        self._width = 0

    def translate(self, schema: Any, *, namespace: str, depth: int) -> Translation:
        if depth > MAX_DEPTH:
            raise unfit(f"at most {MAX_DEPTH} levels", "more")
        if isinstance(schema, list):
            return self._union(schema, namespace=namespace, depth=depth)
        if isinstance(schema, str):
            return self._count(self._reference(schema, namespace=namespace))
        if not isinstance(schema, dict):
            raise unfit("an Avro type", type(schema).__name__)
        kind = schema.get("type")
        if kind in _NAMED:
            return self._define(schema, namespace=namespace, depth=depth)
        if kind == "array":
            items = self.translate(schema.get("items"), namespace=namespace, depth=depth + 1)
            return array_type(items)
        if kind == "map":
            values = self.translate(schema.get("values"), namespace=namespace, depth=depth + 1)
            return map_type(values)
        if isinstance(kind, str) and kind in PRIMITIVES:
            return self._count(primitive_type(schema))
        return self.translate(kind, namespace=namespace, depth=depth + 1)

    def _count(self, translation: Translation) -> Translation:
        self._width += translation.width
        if self._width > MAX_FIELDS:
            raise unfit(f"at most {MAX_FIELDS} fields", "more")
        return translation

    def _reference(self, name: str, *, namespace: str) -> Translation:
        if name in PRIMITIVES:
            return PRIMITIVES[name]
        full_name = name if "." in name or not namespace else f"{namespace}.{name}"
        if full_name not in self._named:
            full_name = name
        if full_name not in self._named:
            raise unfit("a type that the schema defines", repr(name[:80]))
        known = self._named[full_name]
        if known is None:
            raise unfit("no type inside itself", repr(name[:80]))
        return known

    def _define(self, schema: dict[str, Any], *, namespace: str, depth: int) -> Translation:
        name = _text(schema.get("name"))
        scope = _text(schema.get("namespace") or namespace)
        full_name = name if "." in name or not scope else f"{scope}.{name}"
        scope = full_name.rpartition(".")[0]
        if not full_name or len(full_name) > MAX_NAME:
            raise unfit(f"a type's name of 1 to {MAX_NAME} characters", repr(full_name[:80]))
        if full_name in self._named:
            raise unfit("each type defined once", full_name)
        self._named[full_name] = None
        match schema["type"]:
            case "enum":
                translation = self._count(enum_type(schema))
            case "fixed":
                translation = self._count(fixed_type(schema))
            case _:
                fields = self._fields(schema, namespace=scope, depth=depth)
                translation = record_type(fields)
        self._named[full_name] = translation
        return translation

    def _fields(
        self, schema: dict[str, Any], *, namespace: str, depth: int
    ) -> dict[str, Translation]:
        fields: dict[str, Translation] = {}
        seen: set[str] = set()
        declared = schema.get("fields")
        if not isinstance(declared, list):
            raise unfit("a record's list of fields", type(declared).__name__)
        for field in declared:
            name = _text(field.get("name") if isinstance(field, dict) else None)
            if not _NAME.fullmatch(name):
                raise unfit("a field name of letters, digits and _", repr(name[:80]))
            if name.lower() in seen:
                raise unfit("field names that differ in more than case", name)
            seen.add(name.lower())
            fields[name] = self.translate(field.get("type"), namespace=namespace, depth=depth + 1)
        return fields

    def _union(self, branches: Sequence[Any], *, namespace: str, depth: int) -> Translation:
        kinds = [each.get("type") if isinstance(each, dict) else each for each in branches]
        unnamed = [kind for kind in kinds if isinstance(kind, str) and kind not in _NAMED]
        if any(isinstance(kind, list) for kind in kinds):
            raise unfit("no union in a union", "one")
        if len(set(unnamed)) < len(unnamed):
            raise unfit("a union of types that differ", "one twice")
        return union_type(
            [self.translate(each, namespace=namespace, depth=depth + 1) for each in branches]
        )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise unfit("a name", type(value).__name__)
    return value


def column_types(schema: pa.Schema) -> list[dict[str, str]]:
    """Name a file's own columns and their types, as the ledger records them."""
    return [{"name": field.name, "type": sql_type(field.type)} for field in schema]


def sql_type(kind: pa.DataType) -> str:
    """Write an Arrow type as DuckDB reads it back from Parquet."""
    if pa.types.is_struct(kind):
        fields = ", ".join(f'"{field.name}" {sql_type(field.type)}' for field in kind)
        return f"struct({fields})"
    if pa.types.is_map(kind):
        return f"map({sql_type(kind.key_type)}, {sql_type(kind.item_type)})"
    if pa.types.is_list(kind):
        return f"{sql_type(kind.value_type)}[]"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind):
        return ("timestamptz" if kind.tz else "timestamp") + ("_ns" if kind.unit == "ns" else "")
    return _SQL_TYPES.get(kind, "blob")


_SQL_TYPES = {
    pa.null(): "null",
    pa.bool_(): "boolean",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "varchar",
    pa.date32(): "date",
    pa.time32("ms"): "time",
    pa.time64("us"): "time",
}
