"""The large file that sides land is sound with every codec."""

import io
from collections import Counter
from typing import Any

import fastavro
import pytest

from bench.large_file import Codec, LargeFile

SCHEMA = {
    "type": "record",
    "name": "transactions",
    "fields": [{"name": "guid", "type": "string"}, {"name": "revision", "type": "int"}],
}
GUID_SIZE = bytes([2 * len(f"TRN-{'0' * 32}")])


@pytest.mark.parametrize("codec", list(Codec))
def test_rows_come_over_and_over_each_under_its_own_key(codec: Codec) -> None:
    large = LargeFile(SCHEMA, [(GUID_SIZE, bytes([2 * revision])) for revision in (1, 2)])
    stream = io.BytesIO()

    large.write(stream, row_count=5_001, codec=codec)

    rows: list[Any] = list(fastavro.reader(io.BytesIO(stream.getvalue())))
    assert Counter(row["revision"] for row in rows) == {1: 2_501, 2: 2_500}
    assert len({row["guid"] for row in rows}) == 5_001


def test_a_size_is_told_in_rows() -> None:
    large = LargeFile(SCHEMA, [(GUID_SIZE, b"\x02"), (GUID_SIZE, b"\x04")])

    assert large.row_count(38 * 1_000) == 1_000
