"""Dates and times land in the bounds that every reader takes."""

import io
from typing import Any

import pytest

from ingest.delivery.avro.container import write_long
from ingest.delivery.avro.decode import open_container
from ingest.errors import RejectedError
from ingest.landing.converters import Converters
from tests.delivery.avro.containers import (
    block,
    header,
    logical,
    one,
    read,
    record,
)
from tests.support.converting import converted

DAY_MS, DAY_US = 86_400_000, 86_400_000_000
YEAR_1_S, YEAR_10000_S = -62_135_596_800, 253_402_300_800
UNREADABLE = [
    ("int", "time-millis", -1),
    ("int", "time-millis", DAY_MS),
    ("long", "time-micros", -1),
    ("long", "time-micros", DAY_US),
    ("int", "date", -719_163),
    ("int", "date", 2_932_897),
    ("int", "date", 2**31 - 1),
    ("long", "timestamp-millis", 2**63 - 1),
    ("long", "timestamp-millis", -(2**63)),
    ("long", "timestamp-millis", YEAR_10000_S * 1000),
    ("long", "timestamp-micros", YEAR_1_S * 1_000_000 - 1),
    ("long", "timestamp-nanos", 2**63 - 1),
    ("long", "timestamp-nanos", -(2**63) + 1),
    ("long", "local-timestamp-millis", YEAR_10000_S * 1000),
    ("long", "local-timestamp-micros", 2**63 - 1),
    ("long", "local-timestamp-nanos", -(2**63)),
]
READABLE = [
    ("int", "time-millis", 0, "00:00:00"),
    ("int", "time-millis", DAY_MS - 1, "23:59:59.999"),
    ("long", "time-micros", DAY_US - 1, "23:59:59.999999"),
    ("int", "date", -719_162, "0001-01-01"),
    ("int", "date", 2_932_896, "9999-12-31"),
    ("long", "timestamp-millis", YEAR_10000_S * 1000 - 1, "9999-12-31 23:59:59.999+00"),
    ("long", "timestamp-micros", YEAR_1_S * 1_000_000, "0001-01-01 00:00:00+00"),
    ("long", "timestamp-nanos", 2**63 - 2, "2262-04-11 23:47:16.854775806+00"),
    ("long", "local-timestamp-micros", -1, "1969-12-31 23:59:59.999999"),
]


@pytest.mark.parametrize("wrap", [lambda kind: kind, lambda kind: ["null", kind]], ids=["", "or"])
@pytest.mark.parametrize(("kind", "name", "value"), UNREADABLE)
def test_a_moment_that_no_reader_takes_is_turned_away_by_both(
    kind: str, name: str, value: int, wrap: Any, converters: Converters
) -> None:
    wrapped = wrap(logical(kind, name))
    branch = b"\x02" if isinstance(wrapped, list) else b""
    container = one(wrapped, branch + write_long(value))

    for in_columns in (False, True):
        opened = open_container(io.BytesIO(container), in_columns=in_columns)
        with pytest.raises(RejectedError, match=r"not_avro: expected a .* in the field field"):
            list(opened.batches)
    assert converted(container, converters) == ("", "not_avro")


@pytest.mark.parametrize("item", [DAY_MS, -1])
def test_a_moment_in_a_list_is_checked_by_both(item: int, converters: Converters) -> None:
    kind = {"type": "array", "items": logical("int", "time-millis")}
    container = one(kind, b"\x02" + write_long(item) + b"\x00")

    with pytest.raises(RejectedError, match="within a day"):
        read(container)
    assert converted(container, converters) == ("", "not_avro")


def test_moments_at_their_bounds_land_alike_and_duckdb_reads_them(
    converters: Converters, tmp_path: Any
) -> None:
    import duckdb

    fields = [(f"f{n}", logical(kind, name)) for n, (kind, name, *_) in enumerate(READABLE)]
    rows = b"".join(write_long(value) for _, _, value, _ in READABLE)
    container = header(record(*fields)) + block(1, rows)
    by_rows = open_container(io.BytesIO(container))
    by_columns = open_container(io.BytesIO(container), in_columns=True)

    [batch], [other] = by_rows.batches, by_columns.batches

    assert batch.equals(other)
    columns = ", ".join(f"cast(f{n} as varchar)" for n in range(len(READABLE)))
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("batch", batch)
        found = connection.execute(f"select {columns} from batch").fetchone()  # noqa: S608 - own names of columns
    assert found == tuple(text for *_, text in READABLE)
