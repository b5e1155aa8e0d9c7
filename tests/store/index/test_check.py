"""`ingest verify` finds whatever an index says and the record does not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ingest.store.index.check import check_index
from ingest.store.index.tables.database import NAME
from tests.store.index.ledgers import (
    edit,
    index_of,
    start,
    wait,
)
from tests.store.index.plain import assert_index_is_right


def test_verify_finds_a_changed_line_that_kept_size_and_time(data: Path) -> None:
    assert check_index(data / "ledger") is None
    edit(data / "ledger", keeps_times=True)

    found = wait(start(data, "verify"))

    assert found.returncode == 1
    assert (
        f"ledger/{NAME}: expected what was recorded, found other files than the record says, "
        in (found.stdout)
    )
    assert "2026-01-11 users" in found.stdout
    assert "it was removed, and the next command makes it anew" in found.stdout
    assert_index_is_right(data / "ledger")


@pytest.mark.parametrize(
    "change",
    [
        "update files set is_due = 1 - is_due where day % 7 = 0",
        "update files set settled = 2 where day % 7 = 0",
        "delete from versions where cast(key as text) like '%users%'",
        "delete from landed_days where day % 7 = 0",
        "update volumes set row_count = 5 where day % 7 = 0",
        "update clients set landed = 5",
        "update days set landed = 5 where day % 7 = 0",
        "update meta set value = '[]' where name = 'runs'",
    ],
)
def test_verify_finds_whatever_else_an_index_says(data: Path, change: str) -> None:
    with closing(sqlite3.connect(index_of(data))) as index, index:
        assert index.execute(change).rowcount > 0

    assert "than the record says, first " in (check_index(data / "ledger") or "")

    assert not index_of(data).exists()
