"""Lists of files, and of days with their manifests."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from ingest.delivery.names import Delivery
from ingest.store.facts import Archived
from ingest.store.index.known import DayState, FileState
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.database import GIVEN_UP, OPEN
from ingest.store.index.tables.rows import read_day, read_file

_FILE: Final = "client, day, resource, event, part, facts"
_IN_ORDER: Final = (
    "from files inner join clients on clients.id = client "
    "inner join resources on resources.id = resource"
)
_OF_INDEX: Final = f"settled in ({OPEN}, {GIVEN_UP})"
"""The very words of the partial index: SQLite does not use it for any others."""
_ORDER: Final = "order by client_guid, day, resources.name, event, part"


def due_files(state: LedgerState, *, all_open: bool = False) -> list[FileState]:
    """Give the files that a run may have something to do with.

    Args:
        all_open: give all that have neither landed nor wait for a manifest, quarantined ones too.
    """
    condition = _OF_INDEX if all_open else "is_due"
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
    settled = _OF_INDEX if with_given_up else f"{_OF_INDEX} and settled = {OPEN}"
    query = (
        "select client, day, resource, event, part, files.facts, is_listed, is_unfinished, "
        "days.is_given_up or clients.is_given_up from files inner join days using (client, day) "
        f"inner join clients on clients.id = client where {settled}"
    )
    for *key, facts, is_listed, is_unfinished, is_given_up in ask(state, query):
        file = read_file(state.index.numbers.key(*key), facts)
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


def _files(state: LedgerState, query: str) -> Iterator[FileState]:
    for *key, facts in ask(state, query):
        yield read_file(state.index.numbers.key(*key), facts)


def _days(state: LedgerState, condition: str, *, order: str = "") -> Iterator[DayState]:
    """Give days without their files."""
    query = (
        "select client_guid, day, facts, days.is_given_up from days "
        f"inner join clients on clients.id = client where {condition} {order}"
    )
    for client_guid, day, facts, is_given_up in ask(state, query):
        delivery = Delivery(client_guid, date.fromordinal(day))
        yield read_day(delivery, facts, is_given_up=bool(is_given_up))


def ask(state: LedgerState, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an answer.

    Records that were appended have to be written to the index before (`Ledger.flush`).
    """
    assert not state.has_changes, "records that the index does not have yet"  # noqa: S101 - ours
    yield from state.index.database.cursor().execute(query, values)
