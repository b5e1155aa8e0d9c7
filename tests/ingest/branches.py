"""Whether rows name a union branch that is not there, which no two readers take alike."""

import io
from typing import Any

from ingest.avro.container import Block, read_blocks, read_header
from ingest.errors import RejectedError

SIZES = {"boolean": 1, "float": 4, "double": 8}


class _UnknownBranchError(Exception):
    pass


def names_an_unknown_branch(container: bytes) -> bool:
    """Read rows as far as they go, and say whether one names a branch that its union lacks."""
    stream = io.BytesIO(container)
    try:
        header = read_header(stream)
        for block in read_blocks(stream, header=header):
            _read_rows(block, fields=header.schema["fields"])
    except _UnknownBranchError:
        return True
    except (RejectedError, EOFError):
        return False
    return False


def _read_rows(block: Block, *, fields: list[dict[str, Any]]) -> None:
    stream = io.BytesIO(block.rows)
    for _ in range(block.row_count):
        for field in fields:
            _skip(stream, field["type"])


def _skip(stream: io.BytesIO, kind: Any) -> None:
    if isinstance(kind, list):
        branch = _long(stream)
        if branch not in range(len(kind)):
            raise _UnknownBranchError
        return _skip(stream, kind[branch])
    if isinstance(kind, dict):
        return (
            _skip_list(stream, kind["items"])
            if kind["type"] == "array"
            else _skip(stream, kind["type"])
        )
    if kind in ("int", "long"):
        _long(stream)
    elif kind in ("string", "bytes"):
        _take(stream, _long(stream))
    elif kind != "null":
        _take(stream, SIZES[kind])
    return None


def _skip_list(stream: io.BytesIO, items: Any) -> None:
    while count := _long(stream):
        if count < 0:
            _long(stream)
        for _ in range(abs(count)):
            _skip(stream, items)


def _take(stream: io.BytesIO, size: int) -> bytes:
    taken = stream.read(size) if size >= 0 else b""
    if len(taken) != size:
        raise EOFError
    return taken


def _long(stream: io.BytesIO) -> int:
    value = shift = 0
    while True:
        byte = _take(stream, 1)[0]
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1)
