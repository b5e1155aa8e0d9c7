"""A database is opened in UTC, and names and texts become SQL that means just them."""

from pathlib import Path

import duckdb
import pytest

from ingest.errors import WarehouseError
from ingest.warehouse.database import literal, open_warehouse, quoted


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "warehouse.duckdb"
    duckdb.connect(found).close()
    return found


def test_a_reader_is_in_utc(path: Path) -> None:
    with open_warehouse(path) as opened:
        assert opened.execute("select current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_a_warehouse_that_is_absent_is_said_in_a_line(tmp_path: Path) -> None:
    with (
        pytest.raises(WarehouseError, match="expected a warehouse, found none; make it with"),
        open_warehouse(tmp_path / "none"),
    ):
        pass


def test_a_query_that_fails_is_said_in_a_line(path: Path) -> None:
    with pytest.raises(WarehouseError) as raised, open_warehouse(path) as opened:
        opened.execute("from absent")

    assert str(raised.value).startswith(f"{path}: expected to read it, found Catalog Error")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("text", ["plain", "it's", 'a "quote"', "a.b", "'; drop table t; --"])
def test_names_and_texts_mean_just_themselves(text: str) -> None:
    with duckdb.connect() as opened:
        result = opened.execute(f"select {literal(text)} as {quoted(text)}")

        assert result.description[0][0] == text
        assert result.fetchall() == [(text,)]
