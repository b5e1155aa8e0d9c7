"""Everything that somebody has to act on, each with its next step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ingest.delivery.names import Delivery, Event
from ingest.status.client_days import Day, DayState
from ingest.status.files import FileStatus, Status
from ingest.status.next_steps import NextStep, remedy
from ingest.store.facts import Rejection
from ingest.store.index.lists import quarantined_manifests
from ingest.store.index.state import LedgerState
from ingest.store.keys_and_paths import FileKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One file in quarantine, why, and what to do about it."""

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
    """One client's day that somebody has to act on, and what to do."""

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


def quarantined_files(files: Iterable[FileStatus], *, state: LedgerState) -> list[Quarantined]:
    """Give what is in quarantine now, the youngest first; what was given up is left out."""
    found = [
        _quarantined(file.rejection, delivery=file.key.delivery, key=file.key)
        for file in files
        if file.status in (Status.QUARANTINED, Status.UNLISTED) and file.rejection
    ]
    found += [
        _quarantined(day.rejection, delivery=day.delivery)
        for day in quarantined_manifests(state)
        if day.rejection
    ]
    found += [_quarantined(rejection) for rejection in state.bad_names.values()]
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


def _quarantined(
    rejection: Rejection, *, delivery: Delivery | None = None, key: FileKey | None = None
) -> Quarantined:
    is_baseline = key is not None and key.event is Event.BASELINE
    step = remedy(
        rejection.reason, names=[rejection.name], baseline_of=delivery if is_baseline else None
    )
    return Quarantined(
        name=rejection.name,
        client_guid=delivery.client_guid if delivery else None,
        snapshot_date=delivery.snapshot_date if delivery else None,
        resource=key.resource if key else None,
        event=key.event if key else None,
        reason=rejection.reason,
        expected=rejection.expected,
        found=rejection.found,
        at=rejection.at,
        advice=step.advice,
        command=step.command,
    )
