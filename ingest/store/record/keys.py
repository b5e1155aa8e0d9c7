"""The keys of the ledger: which daily file or delivery a record is about. No I/O."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from ingest.delivery.names import DailyFile, Delivery, Event, ManifestFile, kind_of_file


class FileKey(NamedTuple):
    """The key of a daily file, the same for all its names. A tuple, as a delivery is."""

    delivery: Delivery
    resource: str
    event: Event
    part: int = 1

    @property
    def kind(self) -> str:
        """Say which file of its resource it is."""
        return kind_of_file(self.event, self.part)


def key_of(file: DailyFile) -> FileKey:
    """Give a daily file's key."""
    return FileKey(file.delivery, file.resource, file.event, file.part)


def subject(file: DailyFile | ManifestFile) -> dict[str, Any]:
    """Name a file in a record's own fields."""
    delivery = {
        "client_guid": file.delivery.client_guid,
        "snapshot_date": file.delivery.snapshot_date.isoformat(),
    }
    if isinstance(file, ManifestFile):
        return delivery
    part = {"part": file.part} if file.part > 1 else {}
    return delivery | {"resource": file.resource, "event": file.event, **part, "file": file.stem}


def key_in(record: dict[str, Any]) -> FileKey:
    """Read which daily file a record is about."""
    event, part = Event(record["event"]), record.get("part", 1)
    return FileKey(delivery_in(record), record["resource"], event, part)


def delivery_in(record: dict[str, Any]) -> Delivery:
    """Read which delivery a record is about."""
    return _make_delivery(record["client_guid"], record["snapshot_date"])


# A day is named by a hundred records, one after the other.
@lru_cache(maxsize=1 << 12)
def _make_delivery(client_guid: str, snapshot_date: str) -> Delivery:
    return Delivery(client_guid=client_guid, snapshot_date=date.fromisoformat(snapshot_date))
