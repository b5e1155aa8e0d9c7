"""Landed values of catalogue columns, and what they become."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import pyarrow as pa

from tests.dbt_project.landing import Landing, daily_file

CLIENT = "CLT-00000000-0000-0000-0000-00000000000a"
MOMENT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
TYPES = {
    "double": pa.float64(),
    "float": pa.float32(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "varchar": pa.string(),
    "boolean": pa.bool_(),
    "decimal": pa.decimal128(38, 9),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "varchar[]": pa.list_(pa.string()),
}
# column, landed type, landed value, typed value; None where the value does not fit
CASES: list[tuple[str, str, Any, Any]] = [
    ("amount", "double", 1.005, Decimal("1.01")),
    ("amount", "double", -1.005, Decimal("-1.01")),
    ("amount", "double", 0.125, Decimal("0.13")),
    ("amount", "double", 2.675, Decimal("2.68")),
    ("amount", "double", 1.5e-7, Decimal("0.00")),
    ("amount", "double", 1e15, Decimal("1000000000000000.00")),
    ("amount", "double", 1e16, None),
    ("amount", "double", 1e300, None),
    ("amount", "double", float("nan"), None),
    ("amount", "double", float("inf"), None),
    ("amount", "float", 1.005, Decimal("1.01")),
    ("amount", "bigint", -7, Decimal("-7.00")),
    ("amount", "bigint", 2**63 - 1, None),
    ("amount", "varchar", "12.345", Decimal("12.35")),
    ("amount", "varchar", "-1.5e1", Decimal("-15.00")),
    ("amount", "varchar", "1_000", None),
    ("amount", "varchar", "1,000.00", None),
    ("amount", "varchar", "", None),
    ("amount", "decimal", Decimal("0.005000000"), Decimal("0.01")),
    ("amount", "boolean", True, None),
    ("amount", "varchar[]", ["1"], None),
    ("latitude", "varchar", "1.5", Decimal("1.500000")),
    ("latitude", "varchar", f"Zoë 47Ü\n{'x-' * 20}", None),
    ("posted_on", "varchar", "2024-02-29", date(2024, 2, 29)),
    ("posted_on", "varchar", "2023-02-29", None),
    ("posted_on", "varchar", "0000-01-01", None),
    ("posted_on", "varchar", "2024-2-9", None),
    ("posted_on", "varchar", "2024-02-29T00:00:00Z", None),
    ("posted_on", "varchar", "infinity", None),
    ("posted_on", "varchar", "", None),
    ("posted_on", "date", date(1969, 12, 31), date(1969, 12, 31)),
    ("posted_on", "integer", 20240229, None),
    ("created_at", "integer", 1_700_000_000, MOMENT),
    ("created_at", "bigint", 1_700_000_000_000, MOMENT),
    ("created_at", "bigint", 1_700_000_000_000_000, MOMENT),
    ("created_at", "bigint", 0, datetime(1970, 1, 1, tzinfo=UTC)),
    ("created_at", "bigint", -1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("created_at", "bigint", 10**11, datetime(5138, 11, 16, 9, 46, 40, tzinfo=UTC)),
    ("created_at", "bigint", -62_135_596_801, None),
    ("created_at", "bigint", 253_402_300_800_000_000, None),
    ("created_at", "bigint", 2**63 - 1, None),
    ("created_at", "bigint", -(2**63), None),
    ("created_at", "double", 1_700_000_000.0, MOMENT),
    ("created_at", "double", 1e300, None),
    ("created_at", "double", float("nan"), None),
    ("created_at", "varchar", "1700000000", MOMENT),
    ("created_at", "varchar", "2023-11-14T22:13:20Z", MOMENT),
    ("created_at", "varchar", "2023-11-14 22:13:20", MOMENT),
    ("created_at", "varchar", "2023-11-15T00:13:20.000+02:00", MOMENT),
    ("created_at", "varchar", "2023-11-14", datetime(2023, 11, 14, tzinfo=UTC)),
    ("created_at", "varchar", "9999-12-31T23:59:59-02:00", None),
    ("created_at", "varchar", "now", None),
    ("created_at", "timestamp", datetime(2023, 11, 14, 22, 13, 20), MOMENT),  # noqa: DTZ001 - without a zone
    ("created_at", "timestamptz", MOMENT, MOMENT),
    ("created_at", "boolean", True, None),
]


def land(landing: Landing) -> None:
    """Land every case as a row whose guid is the number of the case, a file a column and type."""
    groups = groupby(enumerate(CASES), key=lambda case: case[1][:2])
    for day, ((column, landed_type), cases) in enumerate(groups, start=1):
        rows = [{"guid": str(number), column: case[2]} for number, case in cases]
        schema = {"guid": pa.string(), column: TYPES[landed_type]}
        file = daily_file("transactions.created", day=day, client=CLIENT)
        landing.land(file, rows, schema=schema)
