"""The key of a daily file: in the records of the ledger, and in paths of archive and landing."""

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from ingest.delivery.names import (
    DailyFile,
    Delivery,
    Event,
    ManifestFile,
    kind_of_file,
    parse_kept_name,
    parse_kept_stem,
)
from ingest.store.durable import hash_file

_PATH: Final = re.compile(
    r"(?:.*/)?(?P<path>landing/resource=(?P<resource>[^/]+)/event=(?P<event>[^/]+)"
    r"/date=(?P<date>[^/]+)/(?P<client>[^/.]+)(?:\.(?P<part>[0-9]{4}))?\.parquet)"
)


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


def archive_path(data: Path, file: DailyFile | ManifestFile, *, name: str) -> Path:
    """Give the path of a file's newest bytes in the archive."""
    return data / "archive" / file.delivery.folder / name


def replaced_path(newest: Path, *, sha256: str) -> Path:
    """Give the path of bytes in the archive that newer ones have replaced."""
    return newest.with_name(f"{newest.name}.{sha256[:12]}")


def find_ciphertext(data: Path, key: FileKey, *, sha256: str) -> tuple[DailyFile, Path] | None:
    """Find bytes of a daily file in the archive, newest or replaced ones, by their hash."""
    folder = data / "archive" / key.delivery.folder
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        without_hash = path.name.rpartition(".")[0]
        file = parse_kept_name(path.name) or parse_kept_name(without_hash)
        if isinstance(file, DailyFile) and key_of(file) == key and hash_file(path) == sha256:
            return file, path
    return None


def landing_path(file: DailyFile | FileKey) -> Path:
    """Give the path of a landed file, below the data folder."""
    part = f".{file.part:04}" if file.part > 1 else ""
    return Path(
        "landing",
        f"resource={file.resource}",
        f"event={file.event}",
        f"date={file.delivery.snapshot_date.isoformat()}",
        f"{file.delivery.client_guid}{part}.parquet",
    )


def key_at(path: str) -> FileKey | None:
    """Give the daily file that lands at a path, below the data folder or absolute."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    part = f"-{match['part']}" if match["part"] else ""
    stem = f"{match['client']}.{match['date']}.{match['resource']}.{match['event']}{part}"
    file = parse_kept_stem(stem)
    is_it = file is not None and landing_path(file).as_posix() == match["path"]
    return key_of(file) if file and is_it else None
