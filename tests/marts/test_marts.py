"""The marts that readers get equal what landed."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.dbt_project.conftest import Warehouse, open_warehouse
from tests.marts.feed import Feed, amount

RESOURCES = "select distinct resource from marts.changes_by_day"
LIVE = "select _client_guid, count(*) from state.{} where _event_is_live group by all"
GIVEN_OUT = {"main", "history", "ops", "marts"}


def test_readers_are_given_the_schemas_that_marts_need_and_no_others(published: Warehouse) -> None:
    schemas = published.execute("select distinct schema_name from duckdb_tables()").fetchall()

    assert {schema for (schema,) in schemas} == GIVEN_OUT


def test_each_day_has_the_balances_of_the_accounts_that_were_there(
    published: Warehouse, feed: Feed
) -> None:
    first, last = feed.days[0], feed.days[-1]
    query = """
        select day, client_guid, account_guid, balance, balance_from
        from marts.account_balances(?, ?)
    """
    wide = [first - timedelta(days=400), last + timedelta(days=400)]

    found = published.execute(query, wide).fetchall()

    assert len(found) == len(set(found))
    assert set(found) == {
        (day, *key, amount(row["balance"]), row["_snapshot_date"])
        for day in feed.days
        for key, row in feed.live("accounts", until=day).items()
    }


def test_a_range_of_days_is_what_these_days_are_in_any_other(published: Warehouse) -> None:
    query = """
        select (select count(*) from marts.account_balances('2026-01-30', '2026-01-31')),
            (
                select count(*) from marts.account_balances('2026-01-01', '2026-12-31')
                where day in ('2026-01-30', '2026-01-31')
            ),
            (select count(*) from marts.account_balances('2026-01-31', '2026-01-30'))
    """
    [(some, of_all, turned)] = published.execute(query).fetchall()

    assert some == of_all > 0
    assert turned == 0


@pytest.mark.parametrize(
    ("mart", "key", "table"),
    [
        ("connection_health", "client_guid, member_guid", "main.members"),
        (
            "account_balances('2026-02-02', '2026-02-02')",
            "client_guid, account_guid",
            "main.accounts",
        ),
    ],
)
def test_on_the_latest_day_there_is_what_main_has(
    published: Warehouse, mart: str, key: str, table: str
) -> None:
    of_mart, of_main = (
        set(published.execute(query).fetchall())
        for query in (f"select {key} from marts.{mart}", f"select _client_guid, guid from {table}")
    )

    assert of_mart == of_main != set()


def test_all_money_of_main_is_in_some_row(published: Warehouse) -> None:
    query = """
        select sum(money_in + money_out + money_of_unknown_type), sum(transaction_count)
        from marts.money_by_month
        union all
        select sum(amount), count(*)
        from main.transactions as wholes
        where not coalesce(has_been_split, false)
    """
    of_mart, of_main = published.execute(query).fetchall()

    assert of_mart == of_main


def test_what_came_less_what_went_is_what_is_live(world: Path) -> None:
    query = """
        select resource, client_guid, sum(created + first_seen + returned - deleted)
        from marts.changes_by_day
        group by all
        having sum(created + first_seen + returned - deleted) > 0
    """
    with open_warehouse(world) as warehouse:
        added = warehouse.execute(query).fetchall()
        live = [
            (resource, *row)
            for (resource,) in warehouse.execute(RESOURCES).fetchall()
            for row in warehouse.execute(LIVE.format(resource)).fetchall()
        ]

    assert set(added) == set(live)
    assert len(added) > 15


@pytest.mark.parametrize("resource", ["accounts", "transactions"])
def test_a_lean_view_has_the_rows_of_main_without_what_tells_of_edits(
    published: Warehouse, resource: str
) -> None:
    lean, full = (
        [name for name, *_ in published.execute(f"describe {table}").fetchall()]
        for table in (f"marts.{resource}_lean", f"main.{resource}")
    )
    shared = ", ".join(each for each in lean if each in full and each != "category_name")
    of_lean, of_main = (
        published.execute(f"select {shared} from {table} order by all").fetchall()
        for table in (f"marts.{resource}_lean", f"main.{resource}")
    )

    assert of_lean == of_main != []
    dropped = {each for each in full if each.endswith("_set_by") or each.startswith("feed_")}
    assert set(full) - set(lean) == dropped != set()


def test_a_transaction_has_its_day_beside_its_date_and_its_category_by_name(
    published: Warehouse,
) -> None:
    query = """
        select distinct
            transaction_day = cast(date at time zone 'UTC' as date),
            category_name is null and category_guid in (select guid from main.categories)
        from marts.transactions_lean
    """
    assert published.execute(query).fetchall() == [(True, False)]
