"""Views, and macros of `marts`, are made again where what they read is there."""

from pathlib import Path

import duckdb
import pytest

from ingest.errors import PublishError
from ingest.warehouse.publish.views_and_macros import make_again, write_macros_out, write_views_out

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

        assert make_again(other, macros, must_hold=True) == []
        assert other.execute("select marts.four(), marts.twice(3, factor := 3)").fetchall() == [
            (4, 9)
        ]
        assert other.execute("from marts.all_users()").fetchall() == [(7,)]


def test_a_macro_that_reads_what_is_not_there_is_left_out_by_name(macros: list[str]) -> None:
    with duckdb.connect() as other:
        other.execute("create schema marts")

        assert make_again(other, macros, must_hold=False) == ["marts.all_users"]


def test_a_macro_that_must_hold_and_cannot_be_made_is_an_error(macros: list[str]) -> None:
    with duckdb.connect() as other:
        other.execute("create schema marts")

        with pytest.raises(PublishError, match=r"marts.all_users: expected it to read .* users"):
            make_again(other, macros, must_hold=True)


def test_a_warehouse_without_macros_has_none(tmp_path: Path) -> None:
    with duckdb.connect() as warehouse:
        assert write_macros_out(warehouse, scratch=tmp_path) == []


def test_a_view_reads_the_tables_of_the_database_that_it_is_made_in(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "warehouse.duckdb") as warehouse:
        warehouse.execute(MACROS)
        warehouse.execute('create schema "my own"; create table "my own".users as from users')
        warehouse.execute('create view marts.few as select guid from warehouse."my own".users')
        warehouse.execute("create view marts.fewer as from marts.few")
        warehouse.execute("create table marts.copied as from marts.few")
        names = [("marts", name) for name in ("fewer", "few", "copied", "absent")]
        views = write_views_out(warehouse, names)
    with duckdb.connect(tmp_path / "other.duckdb") as other:
        other.execute('create schema marts; create schema "my own"')
        other.execute('create table "my own".users as select 7 as guid')
        assert make_again(other, list(views.values()), must_hold=True) == []
    with duckdb.connect() as reader:
        reader.execute('create schema "my own"; create table "my own".users as select 8 as guid')
        reader.execute(f"attach '{tmp_path / 'other.duckdb'}' as release (read_only)")

        assert reader.execute("from release.marts.fewer").fetchall() == [(7,)]
