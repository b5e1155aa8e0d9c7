"""The oracle on lists of events that a person can check by eye."""

import json
from datetime import date
from typing import Any

import pytest

from ingest.delivery.names import DailyFile, Delivery, Event
from sample.send.schema import SURPRISE, read_catalogue
from sample.send.truth import Truth
from tests.sample.conftest import SmallWorld

CATALOGUE = {
    "users": {"guid": "varchar", "name": "varchar", "health_score": "integer"},
    "members": {"guid": "varchar", "user_guid": "varchar"},
    "accounts": {"guid": "varchar", "member_guid": "varchar", "balance": "decimal(18,2)"},
    "taggings": {"guid": "varchar", "tag_guid": "varchar", "transaction_guid": "varchar"},
    "tags": {"guid": "varchar"},
    "goals": {"guid": "varchar", "account_guid": "varchar"},
    "analytics_events": {"guid": "varchar", "user_guid": "varchar", "name": "varchar"},
}
Sent = tuple[int, str, str, dict[str, Any]]


def daily_file(day: int, resource: str, event: str, client: str = "CLT-1") -> DailyFile:
    delivery = Delivery(client_guid=client, snapshot_date=date(2026, 1, day))
    stem = f"{client}.2026-01-{day:02d}.{resource}.{event}"
    return DailyFile(delivery=delivery, resource=resource, event=Event(event), stem=stem)


def replay(*sent: Sent, client: str = "CLT-1") -> Truth:
    truth = Truth(CATALOGUE)
    counts: dict[DailyFile, int] = {}
    for day, resource, event, row in sent:
        file = daily_file(day, resource, event, client)
        fields = [{"name": name, "type": ["null", "string"]} for name in row]
        truth.learn(resource, {"fields": fields})
        truth.add(file, row, number=counts.get(file, 0))
        counts[file] = counts.get(file, 0) + 1
    return truth


def table(name: str, *sent: Sent) -> list[dict[str, Any]]:
    lines = replay(*sent).lines()
    return [line["row"] for line in lines if line["table"] == name and "row" in line]


def guids(name: str, *sent: Sent) -> list[str]:
    return [row["guid"] for row in table(name, *sent)]


def user(day: int, event: str, name: str | None = "Ann") -> Sent:
    return day, "users", event, {"guid": "u", "name": name}


def test_the_last_row_of_the_latest_update_gives_the_values() -> None:
    sent = [user(1, "created"), user(1, "updated", "Bea"), user(1, "updated", "Cleo")]
    (row,) = table("users", *sent)
    assert row["name"] == "Cleo"
    assert row["_source_file"] == "CLT-1.2026-01-01.users.updated"
    assert row["_row_number"] == 1
    assert row["_snapshot_date"] == "2026-01-01"
    assert row["health_score"] is None


def test_the_order_of_delivery_does_not_matter() -> None:
    sent = [user(3, "updated", "Cleo"), user(1, "created"), user(2, "updated", "Bea")]
    assert table("users", *sent) == table("users", *reversed(sent))
    assert table("users", *sent)[0]["name"] == "Cleo"


def test_a_record_created_updated_and_deleted_on_one_day_is_gone() -> None:
    assert guids("users", user(1, "deleted", None), user(1, "created"), user(1, "updated")) == []


def test_a_record_that_comes_back_after_a_delete_is_live() -> None:
    sent = [user(1, "created"), user(2, "deleted", None), user(3, "updated", "Bea")]
    assert [row["name"] for row in table("users", *sent)] == ["Bea"]


def test_a_delete_of_the_same_day_as_a_return_wins() -> None:
    assert guids("users", user(1, "created"), user(2, "deleted", None), user(2, "created")) == []


def test_an_update_of_an_unknown_key_inserts_it_and_a_delete_leaves_nothing() -> None:
    assert guids("users", user(1, "updated")) == ["u"]
    assert guids("users", user(1, "deleted")) == []


def member(day: int, event: str) -> Sent:
    return day, "members", event, {"guid": "m", "user_guid": "u"}


def account(day: int, event: str) -> Sent:
    return day, "accounts", event, {"guid": "a", "member_guid": "m"}


def test_a_deleted_owner_hides_what_it_owns_to_any_depth() -> None:
    sent = [user(1, "created"), member(1, "created"), account(1, "created")]
    assert guids("accounts", *sent) == ["a"]
    assert guids("accounts", *sent, user(2, "deleted", None)) == []
    assert guids("members", *sent, user(2, "deleted", None)) == []


def test_an_owner_that_comes_back_brings_what_it_owns() -> None:
    sent = [account(1, "created"), member(2, "deleted"), member(3, "created")]
    assert guids("accounts", *sent) == ["a"]


def test_an_owner_never_seen_hides_nothing_and_one_only_deleted_does() -> None:
    assert guids("accounts", account(1, "created")) == ["a"]
    assert guids("accounts", account(1, "created"), member(1, "deleted")) == []


def test_an_owner_is_one_of_the_same_client() -> None:
    truth = replay(member(1, "created"))
    truth.learn("users", {"fields": [{"name": "guid", "type": "string"}]})
    truth.add(daily_file(1, "users", "deleted", "CLT-2"), {"guid": "u"}, number=0)
    assert [line["table"] for line in truth.lines() if "row" in line] == ["members"]


def test_a_reference_that_does_not_own_hides_nothing() -> None:
    goal: Sent = (1, "goals", "created", {"guid": "g", "account_guid": "a"})
    assert guids("goals", goal, account(1, "deleted")) == ["g"]


def test_a_tag_owns_its_taggings() -> None:
    tagging: Sent = (1, "taggings", "created", {"guid": "t", "tag_guid": "x"})
    assert guids("taggings", tagging) == ["t"]
    assert guids("taggings", tagging, (2, "tags", "deleted", {"guid": "x"})) == []


def test_log_rows_are_kept_each_and_neither_deleted_nor_hidden() -> None:
    row = {"user_guid": "u", "name": "click"}
    sent: list[Sent] = [(1, "analytics_events", "created", row)] * 2
    deletes: list[Sent] = [(1, "analytics_events", "deleted", row), user(1, "deleted", None)]
    rows = table("analytics_events", *sent, *deletes)
    assert [each["_row_number"] for each in rows] == [0, 1]


def test_an_unknown_resource_gets_a_table_that_users_own() -> None:
    plan: Sent = (1, "plans", "created", {"guid": "p", "user_guid": "u", "starts_on": "2026-01-09"})
    lines = list(replay(plan).lines())
    columns = next(line["columns"] for line in lines if line["table"] == "plans")
    assert columns == {
        "guid": "varchar",
        "user_guid": "varchar",
        "starts_on": "date",
        "_client_guid": "varchar",
        "_snapshot_date": "date",
        "_source_file": "varchar",
        "_row_number": "bigint",
    }
    assert guids("plans", plan) == ["p"]
    assert guids("plans", plan, user(1, "deleted", None)) == []


@pytest.mark.parametrize(("first", "second"), [("int", "long"), ("long", "int")])
def test_a_column_is_as_wide_as_the_widest_file_in_any_order(first: str, second: str) -> None:
    truth = Truth(CATALOGUE)
    for kind in (first, second):
        truth.learn("users", {"fields": [{"name": "health_score", "type": ["null", kind]}]})
    columns = next(line["columns"] for line in truth.lines() if line["table"] == "users")
    assert columns["health_score"] == "bigint"


def test_the_truth_has_every_table_and_rows_in_nearly_all(small_world: SmallWorld) -> None:
    lines = [json.loads(line) for line in small_world.truth.read_text().splitlines()]
    columns = {line["table"]: line["columns"] for line in lines if "columns" in line}
    filled = {line["table"] for line in lines if "row" in line}
    assert columns.keys() == {*read_catalogue(), SURPRISE}
    assert filled == columns.keys()
    assert columns["tags"]["revision"] == "bigint"
    assert columns["analytics_timed_events"]["duration"] == "double"
    assert list(columns["users"])[-5:-3] == ["preferred_language", "_client_guid"]
