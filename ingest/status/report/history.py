"""What a report needs of the ledger beyond how all stands now, gathered record by record."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ingest.delivery.names import Delivery, Event
from ingest.store.ledger.state import LedgerState, Place, What, delivery_in, fold, place_in

RUNS = 30
Subject = Place | Delivery | str
"""A daily file, the manifest of a delivery, or a name that breaks the grammar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: when it began, and what it did if it came to its end."""

    run_id: str
    began_at: datetime
    seconds: float | None
    """None while it has no end on record: it is at work, or it failed or was stopped."""
    files_landed: int = 0
    rows_landed: int = 0
    plain_bytes: int = 0
    failures: list[str] = field(default_factory=list)
    alarms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a file was last turned away, and when."""

    name: str
    reason: str
    expected: str
    found: str
    at: datetime


@dataclass(slots=True)
class Span:
    """From which day to which one a schema landed."""

    first: tuple[date, str]
    last: date


@dataclass(slots=True)
class History:
    """All records, with what each told at its time."""

    state: LedgerState = field(default_factory=LedgerState)
    began_at: dict[str, datetime] = field(default_factory=dict)
    """When the first record of each client's deliveries was written."""
    first_landed: dict[Place, datetime] = field(default_factory=dict)
    first_listed: dict[Delivery, datetime] = field(default_factory=dict)
    rejections: dict[Subject, Rejection] = field(default_factory=dict)
    runs: deque[Run] = field(default_factory=lambda: deque(maxlen=RUNS))
    columns: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By schema_id: names and types."""
    spans: dict[tuple[str, str], Span] = field(default_factory=dict)
    """By resource and schema_id."""
    landed_days: dict[str, set[date]] = field(default_factory=dict)
    """By resource."""


def read_history(records: Iterable[dict[str, Any]]) -> History:
    """Gather all records in their order."""
    history = History()
    for record in records:
        fold(history.state, record)
        at = history.state.last_at
        if "client_guid" in record and record.get("event") != Event.BASELINE:
            history.began_at.setdefault(record["client_guid"], at)
        _note_run(history, record, at=at)
        if observe := _OBSERVERS.get(record["what"]):
            observe(history, record, at)
    return history


def _note_run(history: History, record: dict[str, Any], *, at: datetime) -> None:
    """Know a run by its first record; its last one replaces that."""
    run_id = record.get("run_id", "")
    if not history.runs or history.runs[-1].run_id != run_id:
        history.runs.append(Run(run_id=run_id, began_at=at, seconds=None))
    if record["what"] == What.RUN:
        facts = {name: record[name] for name in Run.__slots__ if name in record}
        began_at = at - timedelta(seconds=record.get("seconds") or 0)
        history.runs[-1] = Run(**facts, began_at=began_at)


def _note_listed(history: History, record: dict[str, Any], at: datetime) -> None:
    history.first_listed.setdefault(delivery_in(record), at)


def _note_rejection(history: History, record: dict[str, Any], at: datetime) -> None:
    subject: Subject = record.get("name", "")
    if "client_guid" in record:
        subject = place_in(record) if "resource" in record else delivery_in(record)
    facts = {name: str(record.get(name, "")) for name in ("name", "reason", "expected", "found")}
    history.rejections[subject] = Rejection(**facts, at=at)


def _note_set_aside(history: History, record: dict[str, Any], at: datetime) -> None:
    """Newer bytes that were turned away stay so for their own reason."""
    if history.state.verdicts[place_in(record)].reason == record["reason"]:
        _note_rejection(history, record, at)


def _note_schema(history: History, record: dict[str, Any], _at: datetime) -> None:
    history.columns.setdefault(record["schema_id"], record["columns"])


def _note_landed(history: History, record: dict[str, Any], at: datetime) -> None:
    place = place_in(record)
    (_, day), resource = place.delivery, place.resource
    history.first_landed.setdefault(place, at)
    history.landed_days.setdefault(resource, set()).add(day)
    first = (day, record["file"])
    span = history.spans.setdefault((resource, record["schema_id"]), Span(first, day))
    span.first, span.last = min(span.first, first), max(span.last, day)


_OBSERVERS = {
    What.LISTED: _note_listed,
    What.QUARANTINED: _note_rejection,
    What.SET_ASIDE: _note_set_aside,
    What.SCHEMA: _note_schema,
    What.LANDED: _note_landed,
}
