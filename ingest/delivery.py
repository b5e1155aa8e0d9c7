"""The words of a delivery, and the grammar of the names that MX gives its files."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path


class Event(StrEnum):
    """What happened to a record, in the order in which a day's events apply."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Delivery:
    """All daily files of one client and snapshot date."""

    client_guid: str
    snapshot_date: date

    @property
    def folder(self) -> Path:
        """Where its files lie, below the archive and below quarantine."""
        return Path(self.client_guid, self.snapshot_date.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DailyFile:
    """One client's rows of one resource and event on one UTC day."""

    delivery: Delivery
    resource: str
    event: Event
    stem: str
    """The name as delivered, without its extension: the manifest's FileName."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ManifestFile:
    """The list of a delivery's daily files."""

    delivery: Delivery


CLIENT_PREFIX = "CLT-"
RESOURCE = re.compile(r"[a-z][a-z0-9_]{0,62}")

_DELIVERY = r"(?P<client>CLT-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
_DATE = r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_STEM = rf"{_DELIVERY}\.{_DATE}\.(?P<resource>[A-Za-z][A-Za-z0-9_]*)\.(?P<event>[A-Za-z]+)"
_EXTENSION = r"(?:\.avro)?\.(?:pgp|gpg)"
_DAILY_FILE = re.compile(rf"(?P<stem>{_STEM}){_EXTENSION}")
_MANIFEST = re.compile(rf"{_DELIVERY}\.{_DATE}-manifest\.csv\.(?:pgp|gpg)")


def parse_name(name: str) -> DailyFile | ManifestFile | None:
    """Tell what a delivered file is by its name; None for a name that breaks the grammar."""
    if match := _MANIFEST.fullmatch(name):
        delivery = _delivery(match)
        return ManifestFile(delivery=delivery) if delivery else None
    match = _DAILY_FILE.fullmatch(name)
    return _daily_file(match) if match else None


def parse_stem(stem: str) -> DailyFile | None:
    """Tell what daily file a manifest's FileName means; None where it breaks the grammar."""
    match = re.fullmatch(rf"(?P<stem>{_STEM})", stem)
    return _daily_file(match) if match else None


def is_ours(name: str) -> bool:
    """Say whether a name claims to be MX's; every other file in a source is left alone."""
    return name.startswith(CLIENT_PREFIX)


def _daily_file(match: re.Match[str]) -> DailyFile | None:
    delivery = _delivery(match)
    resource, event = match["resource"].lower(), match["event"].lower()
    if delivery is None or not RESOURCE.fullmatch(resource) or event not in set(Event):
        return None
    return DailyFile(delivery=delivery, resource=resource, event=Event(event), stem=match["stem"])


def _delivery(match: re.Match[str]) -> Delivery | None:
    try:
        snapshot_date = date.fromisoformat(match["date"])
    except ValueError:
        return None
    return Delivery(client_guid=match["client"], snapshot_date=snapshot_date)
