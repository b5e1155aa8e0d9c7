"""The Arrow types and the readers of records, arrays, maps and unions.

A union of several types besides null lands as the widest number, or as text. The text of a time is
ISO 8601, that of a nested value is JSON.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from ingest.delivery.avro.rows import Cursor, Read, unfit_row
from ingest.delivery.avro.types import PRIMITIVES, Convert, Translation, read_string

_NUMBERS: Final = (pa.int32(), pa.int64(), pa.float32(), pa.float64())


def record_type(fields: dict[str, Translation]) -> Translation:
    """Translate a record, which lands as a struct."""
    is_empty = all(field.is_empty for field in fields.values())
    if not fields:
        return Translation(
            arrow=pa.string(), read=lambda _: "{}", is_empty=is_empty, as_json=lambda _: {}
        )
    reads = {name: field.read for name, field in fields.items()}
    says = {name: _or_null(field.as_json) for name, field in fields.items()}
    return Translation(
        arrow=pa.struct([(name, field.arrow) for name, field in fields.items()]),
        read=lambda cursor: {name: read(cursor) for name, read in reads.items()},
        plain={
            "type": "record",
            "name": "row",
            "fields": [{"name": name, "type": field.plain} for name, field in fields.items()],
        },
        width=sum(field.width for field in fields.values()),
        is_empty=is_empty,
        as_json=lambda row: {name: says[name](value) for name, value in row.items()},
        fields=reads,
    )


def array_type(items: Translation) -> Translation:
    """Translate an array, which lands as a list."""
    read_item, is_empty, say = items.read, items.is_empty, _or_null(items.as_json)

    def read(cursor: Cursor) -> list[Any]:
        values: list[Any] = []
        for count in cursor.item_counts(are_empty=is_empty):
            values += [read_item(cursor) for _ in range(count)]
        return values

    return Translation(
        arrow=pa.list_(items.arrow),
        read=read,
        plain={"type": "array", "items": items.plain},
        width=items.width,
        as_json=lambda values: [say(value) for value in values],
    )


def map_type(values: Translation) -> Translation:
    """Translate a map, whose keys are strings."""
    read_value, say = values.read, _or_null(values.as_json)

    def read(cursor: Cursor) -> list[tuple[str, Any]]:
        pairs: list[tuple[str, Any]] = []
        for count in cursor.item_counts(are_empty=False):
            pairs += [(read_string(cursor), read_value(cursor)) for _ in range(count)]
        if len({key for key, _ in pairs}) < len(pairs):
            raise unfit_row("keys of a map that differ", "one twice")
        return pairs

    return Translation(
        arrow=pa.map_(pa.string(), values.arrow),
        read=read,
        width=values.width,
        as_json=lambda pairs: {key: say(value) for key, value in pairs},
    )


def union_type(branches: Sequence[Translation]) -> Translation:
    """Translate a union; one of a type and null lands as that type."""
    reads = [branch.read for branch in branches]
    present = [branch for branch in branches if not _is_null(branch)]
    if len(present) < 2:
        only = present[0] if present else PRIMITIVES["null"]
        plain = [branch.plain for branch in branches]
        return Translation(
            arrow=only.arrow, read=_read_union(reads), plain=plain, as_json=only.as_json
        )
    if not all(branch.arrow in _NUMBERS for branch in present):
        texts = [b.read if _is_null(b) else _read_text(b) for b in branches]
        return Translation(arrow=pa.string(), read=_read_union(texts))
    if max((branch.arrow for branch in present), key=_NUMBERS.index) == pa.int64():
        return Translation(arrow=pa.int64(), read=_read_union(reads))
    doubles = [b.read if _is_null(b) else _read_exact_float(b) for b in branches]
    return Translation(
        arrow=pa.float64(), read=_read_union(doubles), as_json=PRIMITIVES["double"].as_json
    )


def _is_null(branch: Translation) -> bool:
    return bool(pa.types.is_null(branch.arrow))


def _read_union(reads: list[Read]) -> Read:
    def read(cursor: Cursor) -> Any:
        branch = cursor.long()
        if not 0 <= branch < len(reads):
            raise unfit_row("the number of a union's branch", "another")
        return reads[branch](cursor)

    return read


def _read_exact_float(number: Translation) -> Read:
    """Read a number as a double; not every integer beyond 2 to the 53rd is one."""

    def read(cursor: Cursor) -> float:
        value = number.read(cursor)
        if float(value) != value and isinstance(value, int):
            raise unfit_row("an integer that a double holds", "a longer one")
        return float(value)

    return read


def _read_text(branch: Translation) -> Read:
    def read(cursor: Cursor) -> str:
        said = branch.as_json(branch.read(cursor))
        if isinstance(said, str):
            return said
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    return read


def _or_null(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)
