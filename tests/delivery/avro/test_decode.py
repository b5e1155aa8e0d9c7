"""Rows without bytes land as many as the manifest lists."""

import pytest

from ingest.delivery.avro.decode import MAX_EMPTY_ROWS
from ingest.landing.converters import Converters
from tests.delivery.avro.containers import block, header, one, record
from tests.support.converting import converted


@pytest.mark.parametrize("row_count", [0, 5, 40_000])
def test_rows_without_bytes_land_as_many_as_are_listed(
    row_count: int, converters: Converters
) -> None:
    container = one("null", b"", row_count=row_count)

    columns, rows = converted(container, converters, listed_rows=row_count)

    assert columns == "[{'name': 'field', 'type': 'null'}]"
    assert rows == repr([{"field": None}] * row_count)


@pytest.mark.parametrize(
    ("row_count", "listed_rows"), [(6, 5), (134_000_000_000, 7), (MAX_EMPTY_ROWS + 1, None)]
)
@pytest.mark.parametrize("codec", [b"null", b"deflate"])
def test_rows_without_bytes_are_bounded_by_what_is_listed(
    row_count: int, listed_rows: int | None, codec: bytes, converters: Converters
) -> None:
    rows = b"" if codec == b"null" else b"\x03\x00"
    container = header(record(("field", "null")), codec=codec) + block(row_count, rows)

    assert converted(container, converters, listed_rows=listed_rows) == ("", "not_avro")
