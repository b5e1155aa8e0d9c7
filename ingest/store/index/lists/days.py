"""Lists of days and manifests, and counts of settled files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ingest.delivery.names import Delivery
from ingest.store.index.known import DayState
from ingest.store.index.lists.ask import ask
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.damage import reads_rows
from ingest.store.index.tables.rows import read_day
from ingest.store.record.facts import Archived

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


def all_manifests(state: LedgerState) -> Iterator[tuple[Delivery, Archived]]:
    """Give every manifest that has come, in the order of clients and days."""
    for day in _days(state, "has_manifest", order="order by client_guid, day"):
        if day.manifest:
            yield day.delivery, day.manifest


def due_manifests(state: LedgerState, *, all_quarantined: bool = False) -> list[DayState]:
    """Give the days of whose manifest a run may have something to do."""
    quarantined = " or quarantine_reason is not null" if all_quarantined else ""
    return list(_days(state, f"days.is_due{quarantined}"))


def quarantined_manifests(state: LedgerState) -> list[DayState]:
    """Give the days whose manifest is in quarantine, but for those that were given up."""
    days = _days(state, "quarantine_reason is not null")
    return [day for day in days if not state.is_given_up(day.delivery)]


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


def _days(state: LedgerState, condition: str, *, order: str = "") -> Iterator[DayState]:
    """Give days without their files."""
    query = (
        "select client_guid, day, facts, days.is_given_up from days "
        f"inner join clients on clients.id = client where {condition} {order}"
    )
    for client_guid, day, facts, is_given_up in ask(state, query):
        delivery = Delivery(client_guid, date.fromordinal(day))
        yield read_day(delivery, facts, is_given_up=bool(is_given_up))
