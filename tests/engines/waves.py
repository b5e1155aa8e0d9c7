"""Two waves of files, of several resources and clients, with what a feed may hold."""

from itertools import product
from pathlib import Path

import pyarrow as pa

from tests.dbt_project import marts_cases, story, typing_cases, widening_cases
from tests.dbt_project.landing import Landing, Rows, daily_file

TEXT = pa.string()


def land_first_wave(landing: Landing) -> None:
    """Owners and what they own, a baseline, marts, nested fields, resources without a model."""
    story.land(landing)
    _drop_torn_line(landing.data / "ledger" / "2026-02.jsonl")
    widening_cases.land(landing)
    marts_cases.land(landing)
    _land(landing, "taggings.created", [{"guid": "G7"}, {"guid": "G8"}], day=5)
    _land(landing, "beat.created", [{"guid": "B7"}, {"guid": "B8"}], day=1)
    _land(landing, "devices.created", [{"guid": "D1", "size": 5}], day=1, size=pa.int32())
    _land(landing, "accounts.created", [{"guid": "A9", "member_guid": "M9"}], day=2)
    _land_logs(landing)
    _land_money(landing)


def land_second_wave(landing: Landing) -> None:
    """Late days, a file with fewer rows, an emptied one, deletes, a new column, a wider type."""
    _land(landing, "users.deleted", [{"guid": "U1"}], day=2)
    _land(landing, "members.created", [{"guid": "M9", "user_guid": "U3"}], day=4)
    _land(landing, "taggings.created", [{"guid": "G8"}], day=5)
    _land(landing, "beat.created", [], day=1)
    _land(landing, "goals.updated", [{"guid": "kept", "name": "late"}], day=2)
    rows: Rows = [{"guid": "D2", "size": 0.5, "colour": "red"}]
    _land(landing, "devices.created", rows, day=2, size=pa.float64())
    _land(landing, "group.updated", [{"guid": "N1", "colour": "red"}], day=3)
    _land(landing, "tags.updated", [{"guid": "K2", "colour": "blue"}], day=6)


def land_third_wave(landing: Landing) -> None:
    """A file comes again with a new column, and a transaction comes for each case of typing."""
    _land(landing, "taggings.created", [{"guid": "G8", "colour": "red"}], day=5)
    typing_cases.land(landing)


def _drop_torn_line(ledger: Path) -> None:
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join(lines[:-1]))


def _land(landing: Landing, name: str, rows: Rows, *, day: int, **fields: pa.DataType) -> None:
    schema = {"guid": TEXT} | {column: TEXT for row in rows for column in row} | fields
    landing.land(daily_file(name, day=day), rows, schema=schema)


def _land_logs(landing: Landing) -> None:
    sources = ("web", "mobile", "other", None)
    rows: Rows = [
        {"user_guid": user, "data_source": source, "created_at": at}
        for user, source, at in product(("U1", "U4", None), sources, (1_767_225_599, None))
    ]
    _land(landing, "analytics_events.created", rows, day=4, created_at=pa.int64())


def _land_money(landing: Landing) -> None:
    """Transactions of two users in one category, and accounts with balances."""
    kinds = product(("U1", "U4"), ("CREDIT", "DEBIT", None), (12.345, None))
    rows: Rows = [
        {
            "guid": f"TM{number}",
            "user_guid": user,
            "transaction_type": kind,
            "amount": amount,
            "category_guid": "CAT1",
            "category_name": "Food",
            "date": 1_767_225_600,
        }
        for number, (user, kind, amount) in enumerate(kinds)
    ]
    numbers = {"amount": pa.float64(), "date": pa.int64()}
    _land(landing, "transactions.updated", rows, day=3, **numbers)
    balances: Rows = [
        {"guid": "AB1", "user_guid": "U1", "account_type": "SAVINGS", "balance": 100.5},
        {"guid": "AB2", "user_guid": "U1", "account_type": "LOAN", "balance": 40.25},
    ]
    for day in (3, 40):
        _land(landing, "accounts.updated", balances, day=day, balance=pa.float64())
