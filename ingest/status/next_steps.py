"""The next step for everything incomplete: words for a person, and the command. No I/O."""

import os
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Final

from ingest.delivery.names import Delivery
from ingest.errors import Reason
from ingest.status.days import DayStatus
from ingest.status.files import FileStatus, Status

FETCH: Final = "ingest run"
TAKE_UNLISTED: Final = "ingest run --accept-unlisted"
SEND_AGAIN: Final = "ask MX to deliver it again; a good copy heals by itself"
_REMEDIES: Final[dict[str, tuple[str, str]]] = {
    Reason.WRONG_KEY: (
        "put the key pair that it names into MX_GNUPGHOME, or ask MX to encrypt to yours",
        "ingest release",
    ),
    Reason.TOO_LARGE: (
        "raise MX_MAX_PLAIN_BYTES or MX_MEMORY if the size is right",
        "ingest release",
    ),
    Reason.UNLISTED: ("ask MX for a manifest that lists it, or take it as it is", TAKE_UNLISTED),
    Reason.NAME: (
        "ask MX for the right name; it will not land under this one",
        "ingest release --give-up {name}",
    ),
    Reason.SET_ASIDE: (
        "ask MX for a better one, which lands by itself; or land it again as it is",
        "ingest release {name}",
    ),
    Reason.ERASED: (
        "set MX_ERASED=filter to land it without the rows of erased users",
        "ingest release {name}",
    ),
}
_PLAIN: Final = frozenset(f"{ascii_letters}{digits}-_. ")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """An action for a person, and the command that does it or shows whether it helped."""

    advice: str
    command: str

    def text(self) -> str:
        return f"{self.advice}: {self.command}"


def remedy(reason: str, *, names: Sequence[str], baseline_of: Delivery | None = None) -> NextStep:
    """Say what to do about files that are in quarantine for one reason.

    Args:
        names: under which they are known, with or without extension.
        baseline_of: the delivery whose baseline they belong to, if they do.
    """
    again = f"ingest baseline FOLDER --date {baseline_of.snapshot_date}" if baseline_of else FETCH
    advice, command = _REMEDIES.get(reason, (SEND_AGAIN, again))
    between = " --give-up " if "--give-up" in command else " "
    return NextStep(
        advice=advice, command=command.format(name=between.join(map(shell_word, names)))
    )


def steps_for_day(day: DayStatus) -> list[NextStep]:
    """Say what to do about a day that calls for someone, the first thing first."""
    steps = [
        *_for_quarantine(day),
        *_for_manifest(day),
        *_for_files(day, [file for file in day.files if file.is_alarm]),
    ]
    return steps or [NextStep(advice="fetch what has come since", command=FETCH)]


def shell_word(name: str) -> str:
    """Write a name so that bash reads just its bytes, and a terminal shows nothing else."""
    if name.isascii() and name.isprintable():
        return shlex.quote(name)
    escaped = "".join(
        chr(byte) if chr(byte) in _PLAIN else f"\\x{byte:02x}" for byte in os.fsencode(name)
    )
    return f"$'{escaped}'"


def _for_quarantine(day: DayStatus) -> Iterator[NextStep]:
    """Give one step for all files with the same reason."""
    names: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for file in day.files:
        if file.status in (Status.QUARANTINED, Status.UNLISTED) and file.is_alarm:
            client, date = day.delivery.client_guid, day.delivery.snapshot_date
            stem = f"{client}.{date}.{file.key.resource}.{file.key.kind}"
            names[file.reason or "", file.is_baseline].append(stem)
    for (reason, is_baseline), of_reason in sorted(names.items()):
        step = remedy(reason, names=of_reason, baseline_of=day.delivery if is_baseline else None)
        advice = f"{_files(len(of_reason))} in quarantine as {reason}: {step.advice}"
        yield NextStep(advice=advice, command=step.command)


def _for_manifest(day: DayStatus) -> Iterator[NextStep]:
    if day.manifest_reason:
        step = remedy(day.manifest_reason, names=[f"{day.delivery.folder}"])
        advice = f"the manifest in quarantine as {day.manifest_reason}: {step.advice}"
        yield NextStep(advice=advice, command=step.command)
    elif day.is_awaited and not day.has_manifest:
        if day.has_come:
            advice = f"ask MX for the manifest{_within(day)}, or take the files as they are"
            yield NextStep(advice=advice, command=TAKE_UNLISTED)
        elif day.days_to_loss > 0:
            advice = f"see{_within(day)} whether MX delivers and the source can be reached"
            yield NextStep(advice=advice, command=FETCH)
        else:
            yield _give_up(day, "MX's copy is gone")


def _for_files(day: DayStatus, files: Sequence[FileStatus]) -> Iterator[NextStep]:
    counts = {each: sum(file.status is each for file in files) for each in Status}
    is_lost = day.days_to_loss <= 0
    gone = counts[Status.GONE] + (counts[Status.MISSING] if is_lost else 0)
    asked_for = {
        Status.MISSING: "send {files}",
        Status.WAITING: "send {files} again, which came incomplete",
        Status.RESTATED: "send the new version of {files}",
    }
    for status, what in asked_for.items():
        is_told = status is Status.WAITING and not day.has_manifest
        if counts[status] and not is_told and not (is_lost and status is Status.MISSING):
            asked = what.format(files=_files(counts[status]))
            yield NextStep(advice=f"ask MX to {asked}{_within(day)}", command=FETCH)
    if gone:
        yield _give_up(day, f"MX's copy of {_files(gone)} is gone")


def _give_up(day: DayStatus, why: str) -> NextStep:
    client, date = day.delivery.client_guid, day.delivery.snapshot_date
    return NextStep(
        advice=f"{why}: ask MX, or record that it will not come",
        command=f"ingest release --give-up {client}/{date}",
    )


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _within(day: DayStatus) -> str:
    if day.days_to_loss <= 0:
        return ""
    return f" within {day.days_to_loss} day{'' if day.days_to_loss == 1 else 's'}"
