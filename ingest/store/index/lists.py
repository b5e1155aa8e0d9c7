"""Lists and counts over all files and days, asked of the index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from ingest.delivery.names import Delivery
from ingest.store.index.database import GIVEN_UP, OPEN
from ingest.store.index.known import DayState, FileState
from ingest.store.index.rows import read_day, read_file
from ingest.store.index.state import LedgerState
from ingest.store.record.facts import Archived

_FILE: Final = "client, day, resource, event, part, facts"
_IN_ORDER: Final = (
    "from files inner join clients on clients.id = client "
    "inner join resources on resources.id = resource"
)
_COUNTS: Final = (
    *("open", "landed", "given_up"),
    *("open_baselines", "landed_baselines", "given_up_baselines"),
)
_ORDER: Final = "order by client_guid, day, resources.name, event, part"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """What is known of a delivery, with its files counted and not listed."""

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
        """Say whether anything was ever listed or delivered, be it of a baseline."""
        baselines = self.open_baselines + self.landed_baselines + self.given_up_baselines
        return self.is_delivered or baselines > 0


def due_files(state: LedgerState, *, all_open: bool = False) -> list[FileState]:
    """Give the files that a run may have something to do with.

    Args:
        all_open: give all that have neither landed nor wait for a manifest, quarantined ones too.
    """
    condition = f"settled in ({OPEN}, {GIVEN_UP})" if all_open else "is_due"
    return list(_files(state, f"select {_FILE} from files where {condition}"))


class OpenFile(NamedTuple):
    """A file that somebody may have to act on, and what its day says."""

    file: FileState
    is_listed: bool
    is_unfinished: bool
    is_given_up: bool
    """The file, its day or its client."""


def open_files(state: LedgerState, *, with_given_up: bool = False) -> Iterator[OpenFile]:
    """Give the files that were listed or delivered and have not landed, in no order."""
    settled = f"settled in ({OPEN}, {GIVEN_UP})" if with_given_up else f"settled = {OPEN}"
    query = (
        "select client, day, resource, event, part, files.facts, is_listed, is_unfinished, "
        "days.is_given_up or clients.is_given_up from files inner join days using (client, day) "
        f"inner join clients on clients.id = client where {settled}"
    )
    for *key, facts, is_listed, is_unfinished, is_given_up in _ask(state, query):
        file = read_file(state.index.place(*key), facts)
        is_any_given_up = bool(is_given_up) or file.is_given_up
        yield OpenFile(file, bool(is_listed), bool(is_unfinished), is_any_given_up)


def set_aside_files(state: LedgerState) -> list[FileState]:
    """Give the files of which a version was set aside."""
    return list(_files(state, f"select {_FILE} from files where is_set_aside"))


def all_files(state: LedgerState) -> Iterator[FileState]:
    """Give every file that was listed or delivered, in the order of clients and days."""
    columns = _FILE.replace("facts", "files.facts")
    return _files(state, f"select {columns} {_IN_ORDER} {_ORDER}")


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
    query = (
        "select total(landed + landed_baselines), total(given_up + given_up_baselines) from days"
    )
    [(landed, given_up)] = _ask(state, query)
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
        "days.is_given_up or clients.is_given_up, completed_at, open, landed, given_up, "
        "open_baselines, landed_baselines, given_up_baselines "
        "from days inner join clients on clients.id = client "
        f"where {' and '.join(conditions)} order by client_guid, day"
    )
    return [_day_row(*row) for row in _ask(state, query, *values)]


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
    return {client_guid for (client_guid,) in _ask(state, query)}


def known_resources(state: LedgerState) -> set[str]:
    """Give the resources of which anything is known."""
    return {name for (name,) in _ask(state, "select name from resources")}


def landed_resources(state: LedgerState, client_guid: str) -> list[str]:
    """Give the resources of which a client's daily files have landed, in their order."""
    query = (
        "select name from resources where exists (select 1 from volumes inner join clients "
        "on clients.id = client where client_guid = ? and resource = resources.id and files > 0) "
        "order by name"
    )
    return [name for (name,) in _ask(state, query, client_guid)]


def volume_rows(
    state: LedgerState, client_guid: str, resource: str, *, since: date
) -> list[tuple[date, int, int]]:
    """Give date, rows and bytes of what landed from a day on, in the order of days."""
    query = (
        "select day, row_count, plain_bytes from volumes where files > 0 "
        "and client = (select id from clients where client_guid = ?) "
        "and resource = (select id from resources where name = ?) and day >= ? order by day"
    )
    rows = _ask(state, query, client_guid, resource, since.toordinal())
    return [(date.fromordinal(day), *sums) for day, *sums in rows]


def landed_days(state: LedgerState) -> dict[str, set[date]]:
    """Give the days on which files of each resource landed."""
    days: dict[str, set[date]] = {}
    for resource, day in _ask(state, "select resource, day from landed_days"):
        days.setdefault(resource, set()).add(date.fromordinal(day))
    return days


def _files(state: LedgerState, query: str) -> Iterator[FileState]:
    for *key, facts in _ask(state, query):
        yield read_file(state.index.place(*key), facts)


def _days(state: LedgerState, condition: str, *, order: str = "") -> Iterator[DayState]:
    """Give days without their files."""
    query = (
        "select client_guid, day, facts, days.is_given_up from days "
        f"inner join clients on clients.id = client where {condition} {order}"
    )
    for client_guid, day, facts, is_given_up in _ask(state, query):
        delivery = Delivery(client_guid, date.fromordinal(day))
        yield read_day(delivery, facts, is_given_up=bool(is_given_up))


def _ask(state: LedgerState, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    assert not state.has_changes, "records that the index does not have yet"  # noqa: S101 - ours
    yield from state.index.database.cursor().execute(query, values)
