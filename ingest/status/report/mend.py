"""What is not whole, each with what to do about it. Pure, no I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ingest.delivery.names import Delivery, Event
from ingest.status.next_steps import NextStep, remedy
from ingest.status.report.days import Day, DayState
from ingest.status.report.history import History, Subject
from ingest.status.standing import FileStanding, Standing
from ingest.store.ledger.state import LedgerState, What


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One file in quarantine, why, and what mends it."""

    name: str
    client_guid: str | None
    snapshot_date: date | None
    resource: str | None
    """None for a manifest, and for a name that breaks the grammar."""
    event: Event | None
    reason: str
    expected: str
    found: str
    at: datetime
    advice: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDay:
    """One client's day that calls for someone, and what to do."""

    client_guid: str
    snapshot_date: date
    state: DayState
    days_to_loss: int
    counts: dict[str, int]
    advice: str
    """The first of the next steps."""
    command: str
    next_steps: list[NextStep]
    is_awaited: bool


def quarantined_files(files: list[FileStanding], *, history: History) -> list[Quarantined]:
    """Give what is in quarantine now, the youngest first; what was given up is left out."""
    subjects: list[Subject] = [
        file.place for file in files if file.standing in (Standing.QUARANTINED, Standing.UNLISTED)
    ]
    subjects += _manifests(history.state)
    subjects += history.state.bad_names
    found = [_quarantined(subject, history) for subject in subjects]
    return sorted(found, key=lambda each: (each.at, each.name), reverse=True)


def open_day(client_guid: str, day: Day, *, next_steps: Sequence[NextStep]) -> OpenDay:
    """Say what to do about a day."""
    return OpenDay(
        client_guid=client_guid,
        snapshot_date=day.snapshot_date,
        state=day.state,
        days_to_loss=day.days_to_loss,
        counts=day.counts,
        advice=next_steps[0].advice,
        command=next_steps[0].command,
        next_steps=list(next_steps),
        is_awaited=day.is_awaited,
    )


def _manifests(state: LedgerState) -> Iterator[Delivery]:
    for delivery, verdict in state.manifest_verdicts.items():
        if verdict.what == What.QUARANTINED and not state.is_given_up(delivery):
            yield delivery


def _quarantined(subject: Subject, history: History) -> Quarantined:
    rejection = history.rejections[subject]
    delivery, resource, event = _parts(subject)
    is_baseline = event is Event.BASELINE
    step = remedy(
        rejection.reason, names=[rejection.name], baseline_of=delivery if is_baseline else None
    )
    return Quarantined(
        name=rejection.name,
        client_guid=delivery.client_guid if delivery else None,
        snapshot_date=delivery.snapshot_date if delivery else None,
        resource=resource,
        event=event,
        reason=rejection.reason,
        expected=rejection.expected,
        found=rejection.found,
        at=rejection.at,
        advice=step.advice,
        command=step.command,
    )


def _parts(subject: Subject) -> tuple[Delivery | None, str | None, Event | None]:
    if isinstance(subject, str):
        return None, None, None
    if isinstance(subject, Delivery):
        return subject, None, None
    return subject.delivery, subject.resource, subject.event
