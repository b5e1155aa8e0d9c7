"""The tables as they must be, written plainly from the rules: a function of the landed files."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from ingest.delivery.names import DailyFile
from tests.dbt_project.landing import Rows

RANKS = {"baseline": 0, "created": 1, "updated": 2, "deleted": 3}
OWNERS: dict[str, dict[str, str]] = {
    "users": {},
    "members": {"user_guid": "users"},
    "accounts": {"user_guid": "users", "member_guid": "members"},
    "transactions": {"account_guid": "accounts"},
    "tags": {"user_guid": "users"},
    "taggings": {"tag_guid": "tags", "transaction_guid": "transactions"},
    "pledges": {"user_guid": "users"},
    "vows": {"user_guid": "users"},
}
Key = tuple[str, str]
Told = tuple[Any, ...]


class Happened(NamedTuple):
    """One row of one file, placed so that events sort in their order."""

    day: date
    rank: int
    file: str
    row_number: int
    values: Mapping[str, Any]


def events_by_key(
    files: Mapping[DailyFile, Rows], resource: str, until: date = date.max
) -> dict[Key, list[Happened]]:
    """The events of each key up to a day, in their order."""
    events: dict[Key, list[Happened]] = defaultdict(list)
    for file, rows in files.items():
        day = file.delivery.snapshot_date
        if file.resource != resource or day > until:
            continue
        for number, row in enumerate(rows):
            if row["guid"] is not None:
                happened = Happened(day, RANKS[file.event], file.stem, number, row)
                events[file.delivery.client_guid, row["guid"]].append(happened)
    return {key: sorted(of_key, key=lambda event: event[:4]) for key, of_key in events.items()}


def live_rows(
    files: Mapping[DailyFile, Rows], resource: str, until: date = date.max
) -> dict[Key, Happened]:
    """The rows that neither their own delete nor that of an owner hides."""
    events = events_by_key(files, resource, until)
    live = {key: of_key[-1] for key, of_key in events.items() if of_key[-1].rank < RANKS["deleted"]}
    for column, owner in OWNERS[resource].items():
        hidden = events_by_key(files, owner, until).keys() - live_rows(files, owner, until)
        live = {
            key: row for key, row in live.items() if (key[0], row.values.get(column)) not in hidden
        }
    return live


def current(files: Mapping[DailyFile, Rows], resource: str) -> set[Told]:
    """`main.<resource>`, the rows without a key included."""
    keyed = {(*key, *_told(row)) for key, row in live_rows(files, resource).items()}
    return keyed | set(_unkeyed(files, resource))


def state(files: Mapping[DailyFile, Rows], resource: str) -> set[Told]:
    """`state.<resource>`: each key ever seen, its latest values, and whether it is live."""
    told: set[Told] = set()
    for key, of_key in events_by_key(files, resource).items():
        valued = [event for event in of_key if event.rank < RANKS["deleted"]]
        values = _told(valued[-1]) if valued else (None,) * 4
        told.add((*key, *values, of_key[-1].rank < RANKS["deleted"]))
    return told


def as_of(files: Mapping[DailyFile, Rows], resource: str, day: date) -> set[Told]:
    """The rows that were live at the end of a day."""
    return {(*key, *_told(row)) for key, row in live_rows(files, resource, day).items()}


def history(files: Mapping[DailyFile, Rows], resource: str) -> set[Told]:
    """`history.<resource>`: each row that is not deleted, until the next event of its key."""
    told: set[Told] = set()
    for key, of_key in events_by_key(files, resource).items():
        ends = [*(event.day for event in of_key[1:]), None]
        valued = [pair for pair in zip(of_key, ends, strict=True) if pair[0].rank < 3]
        for version, (event, end) in enumerate(valued, start=1):
            told.add((*key, *_told(event), version, event.day, end, end is None))
    return told


def _told(event: Happened) -> Told:
    values = event.values
    return values["note"], values.get("extra"), event.file, event.row_number


def _unkeyed(files: Mapping[DailyFile, Rows], resource: str) -> Iterable[Told]:
    for file, rows in files.items():
        if file.resource == resource and file.event != "deleted":
            for number, row in enumerate(rows):
                if row["guid"] is None:
                    values = (row["note"], row.get("extra"), file.stem, number)
                    yield (file.delivery.client_guid, None, *values)
