"""What to do about what is not whole: words for a person, and the command. Pure, no I/O."""

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from string import ascii_letters, digits
from typing import Final

from ingest.delivery import Delivery, Event
from ingest.errors import Reason
from ingest.ledger_state import LedgerState, What
from ingest.report.days import Day, DayState
from ingest.report.history import History, Subject
from ingest.standing import FileStanding, Standing

_TAKE_UNLISTED: Final = "ingest run --accept-unlisted"
SEND_AGAIN: Final = "ask MX to deliver it again; a good copy heals by itself"
_REMEDIES: Final = {
    Reason.WRONG_KEY: ("put the key pair that it names into MX_GNUPGHOME", "ingest release"),
    Reason.TOO_LARGE: (
        "raise MX_MAX_PLAIN_BYTES or MX_MEMORY if the size is right",
        "ingest release",
    ),
    Reason.UNLISTED: (
        "ask MX for a manifest that lists it, or take it as it is",
        _TAKE_UNLISTED,
    ),
    Reason.NAME: (
        "ask MX for the right name; it will not land under this one",
        "ingest release --give-up {name}",
    ),
    Reason.SET_ASIDE: (
        "ask MX for a better one, which lands by itself; or land it again as it is",
        "ingest release {name}",
    ),
}
_BASELINE: Final = {str(Standing.BASELINE)}
_PLAIN: Final = frozenset(f"{ascii_letters}{digits}-_. ")
_FETCH: Final = "ingest run"
_CHECK_AGAIN: Final = (SEND_AGAIN, _FETCH)


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
    command: str
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


def open_day(client_guid: str, day: Day) -> OpenDay:
    """Say what to do about a day."""
    advice, command = _next_step(client_guid, day)
    return OpenDay(
        client_guid=client_guid,
        snapshot_date=day.snapshot_date,
        state=day.state,
        days_to_loss=day.days_to_loss,
        counts=day.counts,
        advice=advice,
        command=command,
        is_awaited=day.is_awaited,
    )


def shell_word(name: str) -> str:
    """Write a name so that bash reads just its bytes, and a terminal shows nothing else."""
    if name.isascii() and name.isprintable():
        return shlex.quote(name)
    escaped = "".join(
        chr(byte) if chr(byte) in _PLAIN else f"\\x{byte:02x}" for byte in os.fsencode(name)
    )
    return f"$'{escaped}'"


def _next_step(client_guid: str, day: Day) -> tuple[str, str]:
    details = f"ingest status --client {client_guid} --day {day.snapshot_date}"
    if day.state == DayState.QUARANTINED:
        return "see the files in quarantine below", details
    if Standing.UNLISTED in day.counts or day.counts.keys() - _BASELINE == {Standing.WAITING}:
        return "ask MX for the manifest, or take the files as they are", _TAKE_UNLISTED
    if day.days_to_loss <= 0 or Standing.GONE in day.counts:
        give_up = f"ingest release --give-up {client_guid}/{day.snapshot_date}"
        return "MX's copy is gone: ask MX, or record that it will not come", give_up
    if day.state == DayState.MISSING:
        return "see whether MX delivers and the source can be reached", "ingest run"
    return "see which files are not whole, and ask MX for those", details


def _manifests(state: LedgerState) -> Iterator[Delivery]:
    for delivery, verdict in state.manifest_verdicts.items():
        if verdict.what == What.QUARANTINED and not state.is_given_up(delivery):
            yield delivery


def _quarantined(subject: Subject, history: History) -> Quarantined:
    rejection = history.rejections[subject]
    delivery, resource, event = _parts(subject)
    advice, command = _REMEDIES.get(Reason(rejection.reason), _CHECK_AGAIN)
    if event is Event.BASELINE and delivery and command == _FETCH:
        command = f"ingest baseline FOLDER --date {delivery.snapshot_date}"
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
        advice=advice,
        command=command.format(name=shell_word(rejection.name)),
    )


def _parts(subject: Subject) -> tuple[Delivery | None, str | None, Event | None]:
    if isinstance(subject, str):
        return None, None, None
    if isinstance(subject, Delivery):
        return subject, None, None
    return subject.delivery, subject.resource, subject.event
