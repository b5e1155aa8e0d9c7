"""Deliveries and their files, and the grammar of the names that MX gives the files."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple


class Event(StrEnum):
    """An event of a record, in the order in which the events of a day apply."""

    BASELINE = "baseline"
    """The record existed before the events of the day; no daily file has this event."""
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


DAILY_EVENTS = (Event.CREATED, Event.UPDATED, Event.DELETED)
"""A delivery has one file of each."""


class Delivery(NamedTuple):
    """All daily files of one client and snapshot date, as a tuple because that compares fast."""

    client_guid: str
    snapshot_date: date

    @property
    def folder(self) -> Path:
        """The folder of its files, below the archive and below quarantine."""
        return Path(self.client_guid, self.snapshot_date.isoformat())

    @property
    def age(self) -> tuple[date, str]:
        """A sort key: the oldest day first, then the client."""
        return (self.snapshot_date, self.client_guid)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DailyFile:
    """One client's rows of one resource and event on one UTC day."""

    delivery: Delivery
    resource: str
    event: Event
    stem: str
    """The name as delivered, without its extension: the manifest's FileName."""
    part: int = 1
    """The number of a file of a baseline; 1 for every other file."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ManifestFile:
    """The list of a delivery's daily files."""

    delivery: Delivery


EARLIEST: Final = date(2000, 1, 1)
AHEAD: Final = timedelta(days=2)
"""A sender's clock, or the name of a day, may be ahead of ours by so much."""
CLIENT_PREFIX = "CLT-"
STEM_PARTS = 4
"""Client, date, resource and event."""
RESOURCE = re.compile(r"[a-z][a-z0-9_]{0,62}")

_ANY_CASE = re.IGNORECASE | re.ASCII
_CLIENT = r"(?P<client>CLT-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_DATE = r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_KIND = r"(?P<resource>[a-z][a-z0-9_]*)\.(?P<event>[a-z]+)"
_STEM = rf"{_CLIENT}\.{_DATE}\.{_KIND}"
_EXTENSION = r"(?:\.avro)?\.(?:pgp|gpg)"
_BASELINE = re.compile(r"(?P<start>.+)\.baseline(?:-(?!000[01])(?P<part>[0-9]{4}))?")
LAST_PART = 9999
_DAILY_FILE = re.compile(rf"(?P<stem>{_STEM}){_EXTENSION}", _ANY_CASE)
_MANIFEST = re.compile(rf"{_CLIENT}\.{_DATE}-manifest\.csv\.(?:pgp|gpg)", _ANY_CASE)


def parse_name(name: str) -> DailyFile | ManifestFile | None:
    """Parse the name of a delivered file.

    Returns:
        None for a name that breaks the grammar, or whose day is not plausible.
    """
    file = _read_name(name)
    return file if file and is_plausible(file.delivery.snapshot_date, on=_today()) else None


def is_plausible(snapshot_date: date, *, on: date) -> bool:
    """Say whether a file of a day can arrive on another day: from 2000-01-01 to two days ahead.

    A placeholder or a typing error is no such day: it would make thousands of days missing.
    """
    return EARLIEST <= snapshot_date <= on + AHEAD


def _today() -> date:
    return datetime.now(tz=UTC).date()


def _read_name(name: str) -> DailyFile | ManifestFile | None:
    if match := _MANIFEST.fullmatch(name):
        delivery = _parse_delivery(match["client"], match["date"])
        return ManifestFile(delivery=delivery) if delivery else None
    match = _DAILY_FILE.fullmatch(name)
    return parse_stem(match["stem"]) if match else None


def parse_kept_name(name: str) -> DailyFile | ManifestFile | None:
    """Parse the name of a file in the archive: delivered or of a baseline, and of any day."""
    stem, dot, extension = name.partition(".avro.pgp")
    if dot and not extension and (file := _parse_baseline(stem)):
        return file
    return _read_name(name)


def parse_kept_stem(stem: str) -> DailyFile | None:
    """Parse the source file of landed rows, which may be of a baseline."""
    return parse_stem(stem) or _parse_baseline(stem)


def baseline_file(delivery: Delivery, resource: str, *, part: int) -> DailyFile:
    """Name a file of a baseline in the archive; a source may not deliver a file of such a name."""
    stem = f"{delivery.client_guid}.{delivery.snapshot_date}.{resource}"
    return DailyFile(
        delivery=delivery,
        resource=resource,
        event=Event.BASELINE,
        stem=f"{stem}.{kind_of_file(Event.BASELINE, part)}",
        part=part,
    )


def kind_of_file(event: Event, part: int) -> str:
    """Return the kind of a file in one word: created, baseline, baseline-0002."""
    return event if part == 1 else f"{event}-{part:04}"


def _parse_baseline(stem: str) -> DailyFile | None:
    match = _BASELINE.fullmatch(stem)
    first = parse_stem(f"{match['start']}.{Event.CREATED}") if match else None
    if match is None or first is None:
        return None
    file = baseline_file(first.delivery, first.resource, part=int(match["part"] or 1))
    return file if file.stem == stem else None


def parse_stem(stem: str) -> DailyFile | None:
    """Parse a manifest's FileName; None where it breaks the grammar."""
    parts = stem.split(".")
    if len(parts) != STEM_PARTS:
        return None
    client, day, *kind = parts
    delivery, resource_event = _parse_delivery(client, day), _parse_kind(*kind)
    if delivery is None or resource_event is None:
        return None
    resource, event = resource_event
    return DailyFile(delivery=delivery, resource=resource, event=event, stem=stem)


def is_ours(name: str) -> bool:
    """Say whether a name claims to be MX's; other files in a source are not touched."""
    return name[: len(CLIENT_PREFIX)].upper() == CLIENT_PREFIX


def spell_client(client_guid: str) -> str:
    """Write a client's GUID in the archive's case; senders differ in case."""
    return CLIENT_PREFIX + client_guid[len(CLIENT_PREFIX) :].lower()


# Years of names repeat few clients, days and resources.
@lru_cache(maxsize=1 << 14)
def _parse_delivery(client_guid: str, day: str) -> Delivery | None:
    if not re.fullmatch(rf"{_CLIENT}\.{_DATE}", f"{client_guid}.{day}", _ANY_CASE):
        return None
    try:
        snapshot_date = date.fromisoformat(day)
    except ValueError:
        return None
    return Delivery(client_guid=spell_client(client_guid), snapshot_date=snapshot_date)


@lru_cache(maxsize=1 << 14)
def _parse_kind(resource: str, event: str) -> tuple[str, Event] | None:
    if not re.fullmatch(_KIND, f"{resource}.{event}", _ANY_CASE):
        return None
    resource, event = resource.lower(), event.lower()
    if not RESOURCE.fullmatch(resource) or event not in DAILY_EVENTS:
        return None
    return resource, Event(event)
