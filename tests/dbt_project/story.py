"""A few days of two clients, with what a feed may hold: owners, restatements, drift, surprises."""

from typing import Any

import pyarrow as pa

from tests.dbt_project.landing import OTHER_CLIENT, Landing, Rows, daily_file

HOSTILE = {
    "NUL": "a\0b",
    "quotes": "'; drop table users; -- \"\" $$ {{ ref('x') }} {% raw %}",
    "emoji": "👩‍👩‍👧 \u202eאב\u0301",
    "newlines": "\r\n\t,\\",
    "empty": "",
    "large": "ä" * 1_000_000,
}
TEXT = pa.string()


def land(landing: Landing) -> None:
    """Land the story."""
    _land_owners(landing)
    _land_users(landing)
    _land_restatement(landing)
    _land_drift(landing)
    _land_new_resources(landing)
    _land_baseline(landing)
    landing.write('{"recorded_at":"2026-03-01T00:00:00.000000Z","what":"landed","client_')


def _land_texts(landing: Landing, name: str, rows: Rows, *, day: int = 1, part: int = 1) -> None:
    schema = {column: TEXT for row in rows for column in row}
    landing.land(daily_file(name, day=day, part=part), rows, schema=schema)


def _land_owners(landing: Landing) -> None:
    """U2 and M3 are deleted; M4 comes back; A4's member was never seen."""
    users = [{"guid": guid} for guid in ("U1", "U2")]
    _land_texts(landing, "users.created", users)
    other = daily_file("users.created", client=OTHER_CLIENT)
    landing.land(other, [{"guid": "U2"}], schema={"guid": TEXT})
    _land_texts(landing, "users.deleted", [{"guid": "U2"}], day=2)
    owned: dict[str, Rows] = {
        "members": [
            {"guid": "M1", "user_guid": "U1"},
            {"guid": "M2", "user_guid": "U2"},
            {"guid": "M3", "user_guid": None},
            {"guid": "M4", "user_guid": "U1"},
        ],
        "accounts": [
            {"guid": "A1", "member_guid": "M1"},
            {"guid": "A2", "member_guid": "M2"},
            {"guid": "A3", "member_guid": "M3"},
            {"guid": "A4", "member_guid": "M9"},
            {"guid": "A5", "member_guid": "M4"},
        ],
        "transactions": [{"guid": f"T{n}", "account_guid": f"A{n}"} for n in range(1, 6)],
        "taggings": [{"guid": f"G{n}", "transaction_guid": f"T{n}"} for n in range(1, 6)],
        "analytics_events": [
            {"guid": None, "user_guid": "U2"},
            {"guid": "E1", "user_guid": "U1"},
            {"guid": "E2", "user_guid": "U2"},
        ],
    }
    for resource, rows in owned.items():
        _land_texts(landing, f"{resource}.created", rows)
    _land_texts(landing, "members.deleted", [{"guid": "M3"}, {"guid": "M4"}], day=2)
    _land_texts(landing, "members.created", [{"guid": "M4", "user_guid": "U1"}], day=3)


def _land_users(landing: Landing) -> None:
    """Hostile texts, and rows without a guid."""
    rows = [{"guid": f"H-{name}", "first_name": text} for name, text in HOSTILE.items()]
    unkeyed = {"guid": None, "first_name": "nobody"}
    _land_texts(landing, "users.updated", [*rows, unkeyed, unkeyed])
    _land_texts(landing, "users.deleted", [unkeyed], day=3)


def _land_restatement(landing: Landing) -> None:
    """The first version of a file had a column and a row that the second has not."""
    first = [{"guid": "K1", "withdrawn": "x"}, {"guid": "K2", "withdrawn": "y"}]
    _land_texts(landing, "tags.created", first)
    schema = {"guid": TEXT, "counter": pa.int32()}
    landing.land(daily_file("tags.created"), [{"guid": "K2", "counter": 1}], schema=schema)


def _land_drift(landing: Landing) -> None:
    """A field appears, a field changes its case, nested fields stay nested."""
    pair = pa.struct({"a": pa.int32(), "b": pa.list_(TEXT)})
    rows: list[dict[str, Any]] = [{"guid": "B1", "extra": None}]
    landing.land(daily_file("budgets.created"), rows, schema={"guid": TEXT, "extra": TEXT})
    rows = [{"GUID": "B2", "Extra": "x", "seen_at": 0, "nested": {"a": 1, "b": ["y"]}}]
    schema = {"GUID": TEXT, "Extra": TEXT, "seen_at": pa.int64(), "nested": pair}
    landing.land(daily_file("budgets.created", day=2), rows, schema=schema)


def _land_new_resources(landing: Landing) -> None:
    """One without a guid and one with, both named and with fields as SQL and folders are."""
    rows: Rows = [
        {"date": "d", "event": "e", "select": 1, "placed_at": 0, "valid_on": "2026-01-01"},
        {"date": None, "event": None, "select": None, "placed_at": -1, "valid_on": "soon"},
    ]
    numbers = {"select": pa.int32(), "placed_at": pa.int64()}
    schema = {"date": TEXT, "event": TEXT, "valid_on": TEXT, **numbers}
    landing.land(daily_file("order.created"), rows, schema=schema)
    landing.land(daily_file("order.deleted"), rows[:1], schema=schema)
    keyed = [{"guid": f"N{n}", "user_guid": f"U{n}", "from": "x"} for n in range(1, 4)]
    _land_texts(landing, "group.created", keyed)
    _land_texts(landing, "group.deleted", [{"guid": "N3"}], day=2)


def _land_baseline(landing: Landing) -> None:
    """A baseline of day 3 in two parts, bought when the days around it had long landed."""
    _land_texts(landing, "goals.created", _goals("kept", "gone before", from_file="created 1"))
    _land_texts(landing, "goals.deleted", _goals("gone before"), day=2)
    _land_texts(landing, "goals.created", _goals("new that day", from_file="created 3"), day=3)
    _land_texts(landing, "goals.deleted", _goals("gone that day"), day=3)
    _land_texts(landing, "goals.created", _goals("new after", from_file="created 4"), day=4)
    first = _goals("gone before", "gone that day", "in both", "new that day", from_file="first")
    _land_texts(landing, "goals.baseline", first, day=3)
    second = _goals("in both", "new after", from_file="second")
    _land_texts(landing, "goals.baseline", second, day=3, part=2)
    _land_texts(landing, "analytics_pageviews.baseline", [{"guid": None, "path": "/"}], day=3)


def _goals(*guids: str, from_file: str | None = None) -> Rows:
    return [{"guid": guid, "name": from_file} for guid in guids]
