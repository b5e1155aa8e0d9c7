"""Containers made by hand, whose schema and rows no library has checked."""

import io
import json
from typing import Any

import pyarrow as pa

from ingest.delivery.avro.container import write_long
from ingest.delivery.avro.decode import open_container

SYNC = bytes(range(16))


def record(*fields: tuple[str, Any]) -> dict[str, Any]:
    return {
        "type": "record",
        "name": "row",
        "fields": [{"name": name, "type": kind} for name, kind in fields],
    }


def read(container: bytes) -> tuple[pa.Schema, list[dict[str, Any]]]:
    opened = open_container(io.BytesIO(container))
    return opened.schema, [row for batch in opened.batches for row in batch.to_pylist()]


def logical(kind: str, logical_type: str, **more: object) -> dict[str, object]:
    return {"type": kind, "logicalType": logical_type} | more


def hand_made(schema: object, row: bytes) -> bytes:
    """Write a container of one row, whose schema no library has checked."""
    return header(schema) + block(1, row)


def header(schema: object, *, codec: bytes = b"null") -> bytes:
    text = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    entries = (b"avro.schema", text, b"avro.codec", codec)
    body = b"".join(write_long(len(entry)) + entry for entry in entries)
    return b"Obj\x01" + write_long(2) + body + write_long(0) + SYNC


def block(row_count: int, rows: bytes, *, size: int | None = None, sync: bytes = SYNC) -> bytes:
    return write_long(row_count) + write_long(len(rows) if size is None else size) + rows + sync


ENUM = {"type": "enum", "name": "e", "symbols": ["A", "B"]}
INTS = {"type": "array", "items": "int"}
STRINGS = {"type": "array", "items": "string"}
MAP = {"type": "map", "values": "int"}
PAIR = {"type": "fixed", "name": "f", "size": 2}


def text(value: str) -> bytes:
    return write_long(len(value.encode())) + value.encode()


def one(kind: Any, rows: bytes, *, row_count: int = 1) -> bytes:
    """Make a container of one field and one block."""
    return header(record(("field", kind))) + block(row_count, rows)
