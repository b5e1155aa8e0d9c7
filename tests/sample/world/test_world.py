"""A small world has all hard cases."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from ingest.delivery.names import DAILY_EVENTS, Event
from sample.send.resources import RESOURCES, changes_of
from sample.world.life import Row
from sample.world.purchases import OWN_KEYS, PLANS
from sample.world.world import Client, make_clients, make_days

CREATED, UPDATED, DELETED = DAILY_EVENTS


class Made(NamedTuple):
    day: int
    event: Event
    row: Row


def changes(resource: str, *, seed: int = 7, users: int = 12, days: int = 8) -> list[Made]:
    return list(_make_changes(resource, make_clients(seed=seed, clients=1, users=users)[0], days))


def _make_changes(resource: str, client: Client, days: int) -> Iterator[Made]:
    for day in make_days(start=date(2026, 1, 5), days=days):
        for event, row in changes_of(resource, client=client, day=day):
            yield Made(day.index, event, row)


def keys(made: list[Made], event: Event) -> dict[str, int]:
    """Return the first day of an event for each key."""
    days: dict[str, int] = {}
    for each in made:
        if each.event is event:
            days.setdefault(each.row["guid"], each.day)
    return days


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    for resource in RESOURCES:
        assert changes(resource, days=3) == changes(resource, days=3)
        assert changes(resource, days=3) != changes(resource, days=3, seed=8)


def test_more_days_and_more_users_change_nothing_of_what_was() -> None:
    short = changes("transactions", days=3)
    assert changes("transactions", days=5)[: len(short)] == short
    owners = {each.row["user_guid"] for each in short}
    more = changes("transactions", days=3, users=20)
    assert [each for each in more if each.row["user_guid"] in owners] == short


def test_no_resource_is_without_created_rows() -> None:
    for resource in RESOURCES:
        assert any(each.event is CREATED for each in changes(resource)), resource


def test_a_record_is_created_updated_and_deleted_on_one_day() -> None:
    for resource in ("users", "transactions"):
        made = changes(resource)
        days = [keys(made, event) for event in DAILY_EVENTS]
        assert any(days[0][guid] == days[1].get(guid) == days[2].get(guid) for guid in days[0]), (
            resource
        )


def test_a_record_is_updated_several_times_in_one_file() -> None:
    made = changes("transactions")
    updates = Counter((each.day, each.row["guid"]) for each in made if each.event is UPDATED)
    assert max(updates.values()) > 1


def test_keys_are_updated_and_deleted_that_were_never_created() -> None:
    for resource in ("users", "transactions"):
        made = changes(resource)
        created = keys(made, CREATED).keys()
        assert keys(made, UPDATED).keys() - created, resource
        assert keys(made, DELETED).keys() - created, resource


def test_records_come_back_after_a_delete() -> None:
    for resource in ("users", "members", "accounts", "transactions"):
        made = changes(resource)
        deleted = keys(made, DELETED)
        assert any(
            each.event is not DELETED and each.day > deleted.get(each.row["guid"], each.day)
            for each in made
        ), resource


def test_a_record_is_deleted_and_made_again_on_one_day() -> None:
    made = changes("transactions")
    events = Counter((each.day, each.row["guid"], each.event) for each in made)
    created_before = keys(made, CREATED)
    assert any(
        event is CREATED and events[day, guid, DELETED] and created_before[guid] < day
        for day, guid, event in events
    )


def test_members_are_deleted_with_live_accounts_under_them() -> None:
    deleted_members = keys(changes("members"), DELETED)
    accounts = changes("accounts")
    deleted_accounts = keys(accounts, DELETED)
    orphans = {
        each.row["guid"]
        for each in accounts
        if each.event is CREATED and each.row["member_guid"] in deleted_members
    }
    assert orphans - deleted_accounts.keys()
    assert orphans & deleted_accounts.keys()


def test_pending_transactions_are_replaced_under_a_new_guid() -> None:
    made = changes("transactions")
    pending = {
        each.row["guid"]: each.row
        for each in made
        if each.event is CREATED and each.row["status"] == "PENDING"
    }
    gone = pending.keys() & keys(made, DELETED).keys()
    posted = [each.row for each in made if each.event is CREATED and each.row["status"] == "POSTED"]
    replaced = [
        guid
        for guid in gone
        for row in posted
        if row["guid"] != guid and row["id"] == pending[guid]["id"]
    ]
    assert replaced


def test_a_plan_keeps_its_keys_apart() -> None:
    for plan in PLANS:
        first, *others = plan
        assert first.event is CREATED
        assert all(step.days > 0 for step in others if step.form in OWN_KEYS)


def test_deleted_rows_are_mostly_empty() -> None:
    deleted = [each.row for each in changes("transactions") if each.event is DELETED]
    assert all(row["guid"] and row["deleted_at"] for row in deleted)
    empty = [row for row in deleted if set(row) == {"guid", "user_guid", "deleted_at"}]
    assert len(deleted) / 2 < len(empty) < len(deleted)


def test_values_come_that_do_not_fit_and_in_three_units_of_time() -> None:
    rows = [each.row for each in changes("transactions", users=60) if each.event is CREATED]
    assert {len(str(row["transacted_at"])) for row in rows} == {10, 13, 16}
    assert any(row["amount"] > 1e16 for row in rows)
    assert any(row["amount"] != round(row["amount"], 2) for row in rows)
    birthdays = {each.row.get("birthday") for each in changes("users", users=60)}
    assert birthdays & {"unknown", "1985-02-30", "0000-00-00", ""}


def test_names_come_in_many_scripts_and_with_what_breaks_parsers() -> None:
    names = "".join(
        each.row["first_name"] + each.row["last_name"]
        for each in changes("users", users=200, days=1)
        if each.event is CREATED
    )
    for sign in "éПλل王佐김🌻\",'":
        assert sign in names, sign


def test_each_client_has_keys_of_its_own_but_for_default_categories() -> None:
    one, other = make_clients(seed=7, clients=2, users=5)
    for resource in RESOURCES:
        if resource.startswith("analytics"):
            continue
        shared = keys(list(_make_changes(resource, one, 3)), CREATED).keys() & keys(
            list(_make_changes(resource, other, 3)), CREATED
        )
        assert bool(shared) == (resource == "categories"), resource


def test_most_users_buy_a_few_times_a_day() -> None:
    created = [each for each in changes("transactions", users=200, days=2) if each.event is CREATED]
    assert 2 < len(created) / 2 / 200 < 4
