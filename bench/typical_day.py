"""The rows of one client's files on a typical day, as SQL: any day without those before it.

Rows take their values from a few synthetic ones and their keys from their number.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

from ingest.delivery.names import DAILY_EVENTS, DailyFile, Delivery
from sample.send.resources import RESOURCES
from sample.send.schema import SURPRISE

CLIENT: Final = "CLT-00000000-0000-4000-8000-000000000001"
FIRST_DATE: Final = date(2022, 1, 1)

USERS: Final = 5_000
ACCOUNTS: Final = 2 * USERS
RECENT_DAYS: Final = 30
"""How far back a day's changes of transactions reach."""


def date_of(day: int) -> date:
    return FIRST_DATE + timedelta(days=day)


def files_of(day: int) -> list[DailyFile]:
    """List the 66 files of a day; most of them are header-only."""
    delivery = Delivery(client_guid=CLIENT, snapshot_date=date_of(day))
    return [
        DailyFile(
            delivery=delivery,
            resource=resource,
            event=event,
            stem=f"{CLIENT}.{delivery.snapshot_date}.{resource}.{event}",
        )
        for resource in RESOURCES
        if resource != SURPRISE
        for event in DAILY_EVENTS
    ]


def _key(prefix: str, number: str) -> str:
    return f"'{prefix}-' || md5('{prefix}' || ({number}))"


_OWN_VALUES: Final = {
    "users": {"guid": _key("USR", "k")},
    "members": {"guid": _key("MBR", "k"), "user_guid": _key("USR", "k")},
    "accounts": {
        "guid": _key("ACT", "k"),
        "member_guid": _key("MBR", "k // 2"),
        "user_guid": _key("USR", "k // 2"),
        "balance": "hash(k, day) % 1000000 / 100",
    },
    "transactions": {
        "guid": _key("TRN", "k"),
        "account_guid": _key("ACT", f"hash(k) % {ACCOUNTS}"),
        "member_guid": _key("MBR", f"hash(k) % {ACCOUNTS} // 2"),
        "user_guid": _key("USR", f"hash(k) % {ACCOUNTS} // 2"),
        "amount": "hash(k) % 100000 / 100",
    },
    "analytics_pageviews": {"user_guid": _key("USR", f"hash(k) % {USERS}")},
}


@dataclass(frozen=True, slots=True)
class TypicalDays:
    """A calendar of typical days, each with so many events of transactions."""

    transactions: int
    patterns: duckdb.DuckDBPyConnection
    """Has a table of rows to take values from for each resource of which any come."""
    created_on: dict[int, int] = field(default_factory=dict)
    """Transactions created on days that create another number of them than a typical one."""

    def first_key(self, day: int) -> int:
        """Say how many transactions the days before one have created."""
        typical = self.transactions * 9 // 10
        other = sum(count - typical for at, count in self.created_on.items() if at < day)
        return day * typical + other

    def has_rows(self, file: DailyFile, day: int) -> bool:
        return self._numbers(file, day) is not None

    def rows(self, file: DailyFile, day: int) -> list[dict[str, Any]]:
        """Return a file's rows as its sender knows them."""
        found = self._numbers(file, day)
        if found is None:
            return []
        rows: list[dict[str, Any]] = (
            self.patterns.sql(self._select(file.resource, day, *found)).to_arrow_table().to_pylist()
        )
        return rows

    def write_parquet(self, file: DailyFile, day: int, *, sha256: str, target: Path) -> int:
        """Write a file's rows as they land, and return how many there are."""
        found = self._numbers(file, day)
        if found is None:
            raise ValueError(f"{file.stem}: expected rows")
        lineage = f"""
            '{file.resource}' as _resource, '{file.event}' as _event,
            date '{date_of(day)}' as _snapshot_date, '{CLIENT}' as _client_guid,
            row_number() over () - 1 as _row_number, '{file.stem}' as _source_file,
            '{sha256}' as _source_sha256
        """
        rows = self._select(file.resource, day, *found)
        query = f"select *, {lineage} from ({rows})"
        self.patterns.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)")
        return found[0]

    def _select(self, resource: str, day: int, count: int, number: str) -> str:
        values = ", ".join(f"{value} as {name}" for name, value in _OWN_VALUES[resource].items())
        return f"""
            select pattern.* exclude (place) replace ({values})
            from (
                select range as n, {day} as day, cast({number} as bigint) as k
                from range({count})
            )
            inner join {resource} as pattern
                on pattern.place = k % (select count(*) from {resource})
            order by n
        """

    def _numbers(self, file: DailyFile, day: int) -> tuple[int, str] | None:
        """Say how many rows a file has, and as SQL which records they are about."""
        typical = self.transactions * 9 // 10
        updated = (self.transactions - typical) * 4 // 5
        deleted = self.transactions - typical - updated
        created = self.created_on.get(day, typical)
        first, last = self.first_key(day), self.first_key(day + 1) - 1
        recent = (
            f"greatest({last} - cast(hash(range, {day}) % {RECENT_DAYS * typical} as bigint), 0)"
        )
        picked = f"hash(range, {day})"
        counts = {
            ("transactions", "created"): (created, f"{first} + range"),
            ("transactions", "updated"): (updated, recent),
            ("transactions", "deleted"): (deleted, recent),
            ("users", "updated"): (50, f"{picked} % {USERS}"),
            ("users", "deleted"): (1, f"{day}"),
            ("members", "updated"): (100, f"{picked} % {USERS}"),
            ("accounts", "updated"): (500, f"{picked} % {ACCOUNTS}"),
            ("analytics_pageviews", "created"): (500, f"{day * 500} + range"),
        }
        if day == 0:
            counts |= {
                ("users", "created"): (USERS, "range"),
                ("members", "created"): (USERS, "range"),
                ("accounts", "created"): (ACCOUNTS, "range"),
            }
        return counts.get((file.resource, str(file.event)))
