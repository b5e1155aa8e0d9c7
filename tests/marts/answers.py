"""The answers to the questions of docs/analysts.md, worked out from what landed."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.marts.feed import LOGS, Feed, Key, Row, amount, moment

Answer = tuple[Any, ...]
ASSETS = {"CASH", "CHECKING", "INVESTMENT", "PREPAID", "PROPERTY", "SAVINGS"}
DEBTS = {"CHECKING_LINE_OF_CREDIT", "CREDIT_CARD", "LINE_OF_CREDIT", "LOAN", "MORTGAGE"}
BROKEN = {"DENIED", "PREVENTED", "CHALLENGED", "REJECTED", "LOCKED", "IMPEDED", "IMPAIRED"}
NOTHING = Decimal("0.00")


def users(feed: Feed) -> list[Answer]:
    there = feed.live("users")
    owners = {(key[0], row["user_guid"]) for key, row in feed.live("accounts").items()}
    return [(len(there), len(owners & there.keys()))]


def worth(feed: Feed) -> list[Answer]:
    sums: dict[tuple[date, str | None], list[Decimal]] = defaultdict(lambda: [NOTHING, NOTHING])
    for day in month_ends(feed):
        for row in feed.live("accounts", until=day).values():
            held = sums[day.replace(day=1), row["currency_code"]]
            balance = amount(row["balance"]) or NOTHING
            if row["account_type"] in ASSETS | DEBTS and not row["is_closed"]:
                held[row["account_type"] in DEBTS] += balance
    return [(*key, assets, debts, assets - debts) for key, (assets, debts) in sums.items()]


def month_ends(feed: Feed) -> list[date]:
    last = feed.days[-1]
    months = {day.replace(day=1) for day in feed.days}
    return [min(day.replace(day=monthrange(day.year, day.month)[1]), last) for day in months]


def money(feed: Feed) -> list[Answer]:
    sums: dict[tuple[date, str | None], list[Decimal]] = defaultdict(lambda: [NOTHING, NOTHING])
    for row in posted(feed):
        month = moment(row["date"]).date().replace(day=1)  # type: ignore[union-attr]  # never null
        held = sums[month, row["currency_code"]]
        held[row["transaction_type"] == "DEBIT"] += amount(row["amount"]) or NOTHING
    return [(*key, *held) for key, held in sums.items()]


def posted(feed: Feed) -> list[Row]:
    """Posted transactions, of those that were split only the parts."""
    live = feed.live("transactions")
    wholes = {(key[0], row["parent_guid"]) for key, row in live.items()}
    return [r for key, r in live.items() if key not in wholes and r["status"] == "POSTED"]


def spending(feed: Feed) -> list[Answer]:
    own = {key: row["name"] for key, row in feed.live("categories").items()}
    names = own | category_names(feed)
    spent: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for row in posted(feed):
        if row["currency_code"] == "USD" and row["transaction_type"] == "DEBIT":
            name = names.get((row["_client_guid"], row["category_guid"]))
            spent[name] += amount(row["amount"]) or NOTHING
    return sorted(spent.items(), key=lambda each: -each[1])[:5]


def category_names(feed: Feed) -> dict[Key, str]:
    """The names of categories that more than one user is in."""
    in_it: dict[Key, set[str]] = defaultdict(set)
    names = {}
    for row in feed.live("transactions").values():
        key = (row["_client_guid"], row["category_guid"])
        in_it[key].add(row["user_guid"])
        names[key] = row["category_name"]
    return {key: name for key, name in names.items() if len(in_it[key]) > 1}


def connections(feed: Feed) -> list[Answer]:
    live, last = feed.live("members"), feed.days[-1]
    told: dict[Key, list[tuple[bool, int]]] = defaultdict(list)
    for key, versions in feed.valued("members"):
        if key not in live:
            continue
        row = live[key]
        good = [moment(each["successfully_aggregated_at"]) for each in versions]
        ages = [(last - each.date()).days for each in good if each]
        needs = row["needs_updated_credentials"] or row["connection_status"] in BROKEN
        told[key[0], row["institution_guid"]].append((needs, min(ages, default=-1)))
    names = institution_names(feed)
    return [
        (
            each[1],
            names.get(each),
            len(of_it),
            sum(needs for needs, _ in of_it),
            _oldest(age for _, age in of_it),
        )
        for each, of_it in told.items()
    ]


def institution_names(feed: Feed) -> dict[Key, str]:
    """The names that live discovered accounts give institutions."""
    discovered = feed.live("discovered_accounts").items()
    named = [(key[0], row["institution_guid"], row["institution_name"]) for key, row in discovered]
    return {(client, guid): name for client, guid, name in sorted(named, key=str) if name}


def _oldest(ages: Iterator[int]) -> int | None:
    oldest = max(ages)
    return oldest if oldest >= 0 else None


def daily_active(feed: Feed) -> list[Answer]:
    active: dict[tuple[date, str], set[str]] = defaultdict(set)
    for log, row in _logged(feed):
        product = {"pageviews": "web", "events": row["data_source"]}.get(log, "mobile")
        if row["user_guid"]:
            happened = moment(row["created_at"])
            active[happened.date(), product].add(row["user_guid"])  # type: ignore[union-attr]  # never null
    return [(*key, len(names)) for key, names in active.items()]


def monthly_active(feed: Feed) -> list[Answer]:
    active: dict[date, set[str]] = defaultdict(set)
    for _, row in _logged(feed):
        if row["user_guid"]:
            happened = moment(row["created_at"])
            active[happened.date().replace(day=1)].add(row["user_guid"])  # type: ignore[union-attr]  # never null
    return [(month, len(names)) for month, names in active.items()]


def _logged(feed: Feed) -> Iterator[tuple[str, Row]]:
    for log in LOGS:
        yield from ((log, row) for row in feed.logged[f"analytics_{log}"])


def moves(feed: Feed) -> list[Answer]:
    came, went = Counter[Answer](), Counter[Answer]()
    for resource in ("users", "accounts"):
        for day, step in feed.moves(resource):
            (came if step > 0 else went)[day, resource] += 1
    return [(*key, came[key], went[key]) for key in came.keys() | went.keys()]


def checking(feed: Feed) -> list[Answer]:
    sums: dict[Answer, list[Decimal]] = defaultdict(list)
    for back in range(3):
        day = feed.days[-1] - timedelta(days=back)
        for row in feed.live("accounts", until=day).values():
            if row["account_type"] == "CHECKING" and not row["is_closed"]:
                sums[day, row["currency_code"]].append(amount(row["balance"]) or NOTHING)
    return [(*key, sum(held, NOTHING)) for key, held in sums.items()]


def waits(feed: Feed) -> list[Answer]:
    counted = Counter[int]()
    for _, versions in feed.valued("transactions"):
        firsts: dict[str, date] = {}
        for row in versions:
            firsts.setdefault(row["status"], row["_snapshot_date"])
        if {"PENDING", "POSTED"} <= firsts.keys() and firsts["POSTED"] >= firsts["PENDING"]:
            counted[(firsts["POSTED"] - firsts["PENDING"]).days] += 1
    return list(counted.items())


ANSWERS: list[Callable[[Feed], list[Answer]]] = [
    users, worth, money, spending, connections,
    daily_active, monthly_active, moves, checking, waits,
]  # fmt: skip
