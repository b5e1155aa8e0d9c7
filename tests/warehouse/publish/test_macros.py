"""Macros of `marts` are copied with their defaults, and made where what they read is there."""

from pathlib import Path

import duckdb
import pytest

from ingest.warehouse.database import DatabaseError
from ingest.warehouse.publish.macros import make_macros, write_macros_out

MACROS = """
create schema marts;
create table users as select 1 as guid;
create macro marts.twice(x, factor := 2) as x * factor;
create macro marts.four() as marts.twice(2);
create macro marts.all_users() as table select * from warehouse.main.users;
"""


@pytest.fixture
def macros(tmp_path: Path) -> list[str]:
    with duckdb.connect(tmp_path / "warehouse.duckdb") as warehouse:
        warehouse.execute(MACROS)
        return write_macros_out(warehouse, scratch=tmp_path)


def test_a_macro_keeps_its_defaults_and_names_no_database(macros: list[str]) -> None:
    with duckdb.connect() as other:
        other.execute("create schema marts; create table users as select 7 as guid")

        assert make_macros(other, macros, must_hold=True) == []
        assert other.execute("select marts.four(), marts.twice(3, factor := 3)").fetchall() == [
            (4, 9)
        ]
        assert other.execute("from marts.all_users()").fetchall() == [(7,)]


def test_a_macro_that_reads_what_is_not_there_is_left_out_by_name(macros: list[str]) -> None:
    with duckdb.connect() as other:
        other.execute("create schema marts")

        assert make_macros(other, macros, must_hold=False) == ["marts.all_users"]


def test_a_macro_that_must_hold_and_cannot_be_made_is_an_error(macros: list[str]) -> None:
    with duckdb.connect() as other:
        other.execute("create schema marts")

        with pytest.raises(DatabaseError, match="users"):
            make_macros(other, macros, must_hold=True)


def test_a_warehouse_without_macros_has_none(tmp_path: Path) -> None:
    with duckdb.connect() as warehouse:
        assert write_macros_out(warehouse, scratch=tmp_path) == []
