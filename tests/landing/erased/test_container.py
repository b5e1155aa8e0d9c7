"""A container loses just the rows that it shall lose; every other byte stays."""

import io
from typing import Any

import fastavro
import pytest

from ingest.errors import RejectedError
from ingest.landing.erased.container import copy_without

SCHEMA: Any = {
    "type": "record",
    "name": "users",
    "fields": [
        {"name": "guid", "type": "string"},
        {"name": "name", "type": ["null", "string"]},
        {"name": "tags", "type": {"type": "array", "items": "long"}},
        {"name": "more", "type": {"type": "map", "values": "double"}},
    ],
}
ROWS = [
    {"guid": f"g{n}", "name": None if n % 3 else "x" * n, "tags": [*range(n % 5)], "more": {"a": n}}
    for n in range(500)
]


def container(codec: str) -> bytes:
    """Write rows in blocks of some rows each."""
    stream = io.BytesIO()
    fastavro.writer(stream, SCHEMA, ROWS, codec=codec, sync_interval=500)
    return stream.getvalue()


def without(rows: list[int], before: bytes) -> bytes:
    copy = io.BytesIO()
    totals = copy_without(io.BytesIO(before), copy, rows=rows)
    assert totals.size_bytes == len(copy.getvalue())
    return copy.getvalue()


@pytest.mark.parametrize("rows", [[0], [499], [5, 6, 300], [*range(500)], [*range(100, 300)]])
@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "bzip2", "xz"])
def test_the_other_rows_stay(codec: str, rows: list[int]) -> None:
    left = list(fastavro.reader(io.BytesIO(without(rows, container(codec)))))

    assert left == [row for number, row in enumerate(ROWS) if number not in rows]


def test_blocks_that_keep_all_rows_stay_byte_for_byte() -> None:
    before = container("deflate")

    assert without([], before) == before
    after = without([499], before)
    assert after.startswith(before[: int(len(before) * 0.9)])
    assert len(after) < len(before)


def test_what_is_no_sound_container_is_not_copied() -> None:
    with pytest.raises(RejectedError):
        without([499], container("null")[:-20])
