"""A database shows exactly what the release has, and only what changed is sent."""

from pathlib import Path

import duckdb
import pytest

from ingest.errors import PublishError
from tests.warehouse.publish.postgres.releases import USERS, Served

TEN = USERS.format(rows=10)
BULK = "create schema marts; create table marts.bulk as select 1 as n from range(9)"


def shown(served: Served, query: str = "select * from main.users order by guid") -> list[object]:
    return list(served.database.ask(query))


def released(served: Served, query: str = "select * from main.users order by guid") -> list[object]:
    path = served.data / "serve" / "warehouse_masked.duckdb"
    with duckdb.connect(path, read_only=True) as opened:
        return list(opened.execute(query).fetchall())


def test_every_table_is_shown_with_its_rows(served: Served) -> None:
    mirrored = served.publish(TEN, BULK)

    assert shown(served) == released(served)
    assert shown(served, "select sum(n) from marts.bulk") == [(9,)]
    assert shown(served, "select release from ops.release") == [(1,)]
    assert (mirrored.tables, mirrored.rows_inserted) == (3, 20)


def test_only_rows_that_changed_are_sent(served: Served) -> None:
    served.publish(TEN, BULK)
    physical = "select guid from main.users where xmin::text = '{}'"
    [(before,)] = served.database.ask("select xmin::text from main.users limit 1")

    mirrored = served.publish(
        TEN,
        BULK,
        "delete from users where guid = 'U3'",
        "update users set amount = null where guid = 'U4'",
        "insert into users values ('U99', 'C1', 99, 'new')",
    )

    assert shown(served) == released(served)
    assert mirrored.changed_tables == ["main.users", "ops.release"]
    assert (mirrored.rows_deleted, mirrored.rows_inserted) == (2 + 1, 2 + 1)
    assert len(shown(served, physical.format(before))) == 8


def test_a_release_that_is_shown_is_not_sent_again(served: Served) -> None:
    served.publish(TEN)

    mirrored = served.mirror()

    assert (mirrored.changed_tables, mirrored.rows_inserted) == ([], 0)


def test_an_earlier_release_is_shown_again(served: Served) -> None:
    served.publish(TEN)
    served.publish(TEN, "delete from users where guid < 'U5'")

    served.show(1)

    assert len(shown(served)) == 10
    assert shown(served, "select release from ops.mirror") == [(1,)]


def test_all_rows_are_sent_where_the_release_before_is_removed(served: Served) -> None:
    served.publish(TEN)
    served.release(TEN, "delete from users where guid = 'U3'")
    served.releases.prune(keep=1)

    mirrored = served.mirror()

    assert mirrored.rows_deleted == 10 + 1
    assert shown(served) == released(served)


def test_all_rows_are_sent_where_the_release_before_is_another_of_its_number(
    served: Served,
) -> None:
    served.publish(TEN)
    served.release(TEN, "delete from users where guid = 'U3'")
    other = served.releases.folder(1) / "warehouse_masked.duckdb"
    with duckdb.connect(other) as changed:
        changed.execute("delete from users where guid = 'U3'")

    served.mirror()

    assert shown(served) == released(served)


def test_rows_that_someone_else_changed_are_right_again_with_the_next_change(
    served: Served,
) -> None:
    served.publish(TEN)
    served.database.administer("update main.users set amount = -1 where guid = 'U4'")

    mirrored = served.publish(TEN, "update users set amount = 7 where guid = 'U4'")

    assert shown(served) == released(served)
    assert mirrored.rows_deleted == 10 + 1


def test_a_table_that_someone_else_dropped_is_made_again(served: Served) -> None:
    served.publish(TEN)
    served.database.administer("drop table main.users")

    served.mirror()

    assert shown(served) == released(served)


def test_equal_rows_are_counted(served: Served) -> None:
    served.publish(BULK)

    served.publish(BULK, "delete from marts.bulk; insert into marts.bulk values (1), (1), (2)")

    assert shown(served, "select n from marts.bulk order by n") == [(1,), (1,), (2,)]


def test_rows_without_a_key_are_found_by_their_values(served: Served) -> None:
    table = """
        create schema marts;
        create table marts.t as select n, null as nothing from range(30) as r (n)
    """
    served.publish(table)

    mirrored = served.publish(table, "update marts.t set n = 50 where n = 7")

    assert mirrored.rows_deleted == 1 + 1
    assert shown(served, "select sum(n), count(*) from marts.t") == [(sum(range(30)) + 43, 30)]


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_table_is_shown(served: Served, rows: int) -> None:
    served.publish(USERS.format(rows=1 - rows))

    served.publish(USERS.format(rows=rows))

    assert len(shown(served)) == rows


def test_columns_and_tables_come_and_go(served: Served) -> None:
    served.publish(TEN, BULK)
    added = "alter table users add column city varchar; update users set city = 'Ulm'"

    served.publish(TEN, added, "alter table users drop column label")

    names = "guid, _client_guid, amount, city"
    assert shown(served, f"select {names} from main.users order by guid") == released(served)
    with pytest.raises(Exception, match="does not exist"):
        shown(served, "select label from main.users")
    assert shown(served, "select to_regclass('marts.bulk')") == [(None,)]


def test_a_column_has_another_type(served: Served) -> None:
    served.publish(TEN)

    served.publish(TEN, "alter table users alter amount type varchar")

    assert shown(served) == released(served)
    assert shown(served)[1][2] == "1"  # type: ignore[index]  # a row


def test_values_that_do_not_fit_an_earlier_type_stop_the_publish(served: Served) -> None:
    served.publish(
        TEN, "alter table users alter amount type varchar", "update users set amount = 'many'"
    )
    served.release(TEN)
    told = r"main\.users: expected old values to fit .*drop table \"main\"\.\"users\", then: ingest"

    with pytest.raises(PublishError, match=told) as raised:
        served.mirror()

    assert "many" not in str(raised.value)
    assert shown(served)[0][2] == "many"  # type: ignore[index]  # a row


def test_a_table_of_someone_else_is_left_alone(served: Served) -> None:
    served.publish(TEN)
    served.database.administer("create schema marts", "create table marts.bulk (n text)")
    served.release(TEN, BULK)

    with pytest.raises(PublishError, match=r"no other table of the name marts\.bulk, found one"):
        served.mirror()

    assert shown(served, "select release from ops.mirror") == [(1,)]


def test_a_database_has_the_masked_release_or_the_full_one(served: Served) -> None:
    served.publish(TEN)

    with pytest.raises(PublishError, match="with the full release, found the masked release"):
        served.mirror(is_full=True)


def test_the_full_release_is_sent_by_name(served: Served) -> None:
    served.release(TEN, names=("warehouse.duckdb",))

    with pytest.raises(PublishError, match=r"expected a release to send, found none"):
        served.mirror()
    assert served.mirror(is_full=True).is_masked is False


def test_a_reader_can_read_and_nothing_else(served: Served) -> None:
    served.publish(TEN)
    served.publish(TEN, BULK)

    assert len(shown(served, "select * from marts.bulk")) == 9
    for refused in (
        "insert into main.users values ('x')",
        "update main.users set amount = 1",
        "delete from ops.mirror",
        "truncate main.users",
        "create table main.mine (n int)",
        "drop table main.users",
    ):
        with pytest.raises(Exception, match=r"permission denied|must be owner"):
            shown(served, refused)


def test_a_reader_that_is_not_there_is_one_line(served: Served, data: Path) -> None:
    from ingest.warehouse.publish.postgres.mirror import mirror_release

    served.release(TEN)
    target = served.target(reader="nobody")

    with pytest.raises(PublishError, match=r'a role nobody, found none; .* create role "nobody"'):
        mirror_release(data, target, memory_bytes=10**9)
