"""Days with their files counted, and how much has landed of each client and resource."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ingest.delivery.names import Delivery
from ingest.store.index.lists import ask
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.faults import reads_rows

_COUNTS: Final = (
    *("open", "landed", "given_up"),
    *("open_baselines", "landed_baselines", "given_up_baselines"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """The facts of a delivery, with its files counted and not listed."""

    delivery: Delivery
    has_manifest: bool = False
    quarantine_reason: str | None = None
    """Why its newest manifest is in quarantine, if it is."""
    is_listed: bool = False
    is_unfinished: bool = False
    is_given_up: bool = False
    """The day or its client."""
    completed_at: datetime | None = None
    open: int = 0
    landed: int = 0
    given_up: int = 0
    open_baselines: int = 0
    landed_baselines: int = 0
    given_up_baselines: int = 0

    @property
    def is_delivered(self) -> bool:
        """Say whether a manifest or a daily file was ever listed or delivered."""
        return self.has_manifest or self.open + self.landed + self.given_up > 0

    @property
    def is_known(self) -> bool:
        """Say whether anything was ever listed or delivered, a baseline included."""
        baselines = self.open_baselines + self.landed_baselines + self.given_up_baselines
        return self.is_delivered or baselines > 0


def count_settled(state: LedgerState) -> tuple[int, int]:
    """Count the files that have landed, and those that were given up."""
    query = "select total(landed), total(given_up) from clients"
    [(landed, given_up)] = ask(state, query)
    return int(landed), int(given_up)


def day_rows(
    state: LedgerState, *, client: str | None = None, day: date | None = None
) -> list[DayRow]:
    """Give every day, or those of one client, or of one date, in their order.

    Args:
        client: in any case.
    """
    conditions, values = ["true"], []
    if client is not None:
        conditions.append("lower(client_guid) = ?")
        values.append(client.lower())
    if day is not None:
        conditions.append("day = ?")
        values.append(str(day.toordinal()))
    query = (
        "select client_guid, day, has_manifest, quarantine_reason, is_listed, is_unfinished, "
        "days.is_given_up or clients.is_given_up, completed_at, open, days.landed, days.given_up, "
        "open_baselines, landed_baselines, given_up_baselines "
        "from days inner join clients on clients.id = client "
        f"where {' and '.join(conditions)} order by client_guid, day"
    )
    return [_day_row(*row) for row in ask(state, query, *values)]


@reads_rows
def _day_row(
    client_guid: str,
    day: int,
    has_manifest: int,
    quarantine_reason: str | None,
    is_listed: int,
    is_unfinished: int,
    is_given_up: int,
    completed_at: str | None,
    *counts: int,
) -> DayRow:
    return DayRow(
        delivery=Delivery(client_guid, date.fromordinal(day)),
        has_manifest=bool(has_manifest),
        quarantine_reason=quarantine_reason,
        is_listed=bool(is_listed),
        is_unfinished=bool(is_unfinished),
        is_given_up=bool(is_given_up),
        completed_at=datetime.fromisoformat(completed_at) if completed_at else None,
        **dict(zip(_COUNTS, counts, strict=True)),
    )


def known_clients(state: LedgerState) -> set[str]:
    """Give the clients of which anything was ever listed or delivered."""
    query = "select client_guid from clients where exists (select 1 from days where client = id)"
    return {client_guid for (client_guid,) in ask(state, query)}


def known_resources(state: LedgerState) -> set[str]:
    """Give the resources of which anything is known."""
    return {name for (name,) in ask(state, "select name from resources")}


def landed_resources(state: LedgerState, client_guid: str) -> list[str]:
    """Give the resources of which a client's daily files have landed, in their order."""
    query = (
        "select name from resources where exists (select 1 from volumes inner join clients "
        "on clients.id = client where client_guid = ? and resource = resources.id and files > 0) "
        "order by name"
    )
    return [name for (name,) in ask(state, query, client_guid)]


@reads_rows
def volume_rows(
    state: LedgerState, client_guid: str, resource: str, *, since: date
) -> list[tuple[date, int, int]]:
    """Give date, rows and bytes of what landed from a day on, in the order of days."""
    query = (
        "select day, row_count, plain_bytes from volumes where files > 0 "
        "and client = (select id from clients where client_guid = ?) "
        "and resource = (select id from resources where name = ?) and day >= ? order by day"
    )
    rows = ask(state, query, client_guid, resource, since.toordinal())
    return [(date.fromordinal(day), *sums) for day, *sums in rows]


@reads_rows
def newest_dates(state: LedgerState, *, most: int) -> list[date]:
    """Give the last snapshot dates of which something has landed, the newest first."""
    query = "select distinct day from landed_days order by day desc limit ?"
    return [date.fromordinal(day) for (day,) in ask(state, query, most)]


@reads_rows
def landed_days(state: LedgerState) -> dict[str, set[date]]:
    """Give the days on which files of each resource landed."""
    days: dict[str, set[date]] = {}
    for resource, day in ask(state, "select resource, day from landed_days"):
        days.setdefault(resource, set()).add(date.fromordinal(day))
    return days
