"""The landed files, replayed in Python: it shares no code with dbt."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby, pairwise
from typing import Any

Row = Mapping[str, Any]
Key = tuple[str, str]
RANKS = {"baseline": 0, "created": 1, "updated": 2, "deleted": 3}
OWNERS: Mapping[str, Mapping[str, str]] = {
    "categories": {"user_guid": "users"},
    "discovered_accounts": {"user_guid": "users"},
    "members": {"user_guid": "users"},
    "accounts": {"user_guid": "users", "member_guid": "members"},
    "transactions": {"user_guid": "users", "member_guid": "members", "account_guid": "accounts"},
}
LOGS = ("events", "pageviews", "screenviews", "timed_events")


class Feed:
    """All landed rows, by resource and key in the order of events."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.events: dict[str, dict[Key, list[Row]]] = defaultdict(lambda: defaultdict(list))
        self.logged: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(rows, key=_order):
            if row.get("guid"):
                key = (row["_client_guid"], row["guid"])
                self.events[row["_resource"]][key].append(row)
            elif row["_event"] != "deleted":
                self.logged[row["_resource"]].append(row)

    @property
    def days(self) -> list[date]:
        resources = (events for of_key in self.events.values() for events in of_key.values())
        return sorted({row["_snapshot_date"] for events in resources for row in events})

    def live(self, resource: str, *, until: date = date.max) -> dict[Key, Row]:
        """The last values of each record that was there at a day's end, and its owners too."""
        known = {
            key: [row for row in events if row["_snapshot_date"] <= until]
            for key, events in self.events[resource].items()
        }
        lasts = {key: events[-1] for key, events in known.items() if events}
        live = {key: row for key, row in lasts.items() if row["_event"] != "deleted"}
        for column, owner in OWNERS.get(resource, {}).items():
            there = self.live(owner, until=until)
            gone = {key for key in self.seen(owner, until=until) if key not in there}
            live = {key: row for key, row in live.items() if (key[0], row.get(column)) not in gone}
        return live

    def seen(self, resource: str, *, until: date) -> set[Key]:
        events = self.events[resource].items()
        return {key for key, rows in events if rows[0]["_snapshot_date"] <= until}

    def valued(self, resource: str) -> Iterator[tuple[Key, list[Row]]]:
        """The created and updated rows of each key."""
        for key, events in self.events[resource].items():
            yield key, [row for row in events if row["_event"] != "deleted"]

    def moves(self, resource: str) -> Iterator[tuple[date, int]]:
        """The days on which records came (1) and went (-1), each once a day."""
        for events in self.events[resource].values():
            was_there = False
            for day, of_day in groupby(events, key=lambda row: row["_snapshot_date"]):
                told = [row["_event"] != "deleted" for row in of_day]
                steps = list(pairwise([was_there, *told]))
                yield from ((day, 1) for before, now in steps if now and not before)
                yield from ((day, -1) for before, now in steps if before and not now)
                was_there = told[-1]


def amount(value: Any) -> Decimal | None:
    """Read money as the warehouse does; what has too many digits is null."""
    if value is None:
        return None
    read = Decimal(str(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return read if abs(read) < Decimal(10) ** 16 else None


def moment(value: int | None) -> datetime | None:
    """Read epoch seconds, milliseconds or microseconds."""
    if value is None:
        return None
    scale = 1 if value <= 1e11 else 1_000 if value <= 1e14 else 1_000_000
    return datetime.fromtimestamp(value // scale, tz=UTC)


def _order(row: Row) -> tuple[Any, ...]:
    return row["_snapshot_date"], RANKS[row["_event"]], row["_source_file"], row["_row_number"]
