"""A build takes the files whose rows come or go, and no others."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from ingest.warehouse.build.last_build import find_changed
from ingest.warehouse.database import Database

PATH = "landing/a.parquet"


@pytest.fixture
def warehouse() -> Iterator[Database]:
    """One file of ten rows is built."""
    with duckdb.connect() as opened:
        opened.execute("create schema ops")
        opened.execute(
            f"create table ops.applied_files as "
            f"select '{PATH}' as path, 'sha' as plain_sha256, 10 as record_count"
        )
        yield opened


def landed(sha256: str, *, rows: int, path: str = PATH) -> dict[str, Any]:
    return {"what": "landed", "path": path, "plain_sha256": sha256, "record_count": rows}


@pytest.mark.parametrize(
    ("record", "is_changed"),
    [
        (landed("sha", rows=10), False),
        (landed("other", rows=10), True),
        (landed("other", rows=0), True),
        ({"what": "set_aside", "path": PATH}, True),
        (landed("sha", rows=1, path="landing/b.parquet"), True),
        (landed("sha", rows=0, path="landing/b.parquet"), False),
        ({"what": "set_aside", "path": "landing/b.parquet"}, False),
    ],
    ids=[
        "the bytes that were built",
        "a restated file",
        "a restated file without rows",
        "a built file that was set aside",
        "a new file",
        "a new file without rows",
        "a file that was set aside before a build took it",
    ],
)
def test_a_file_is_changed_where_rows_come_or_go(
    warehouse: Database, record: dict[str, Any], is_changed: bool
) -> None:
    found = find_changed({record["path"]: record}, warehouse)

    assert found == ([record] if is_changed else [])


def test_without_new_records_nothing_is_changed(warehouse: Database) -> None:
    assert find_changed({}, warehouse) == []
