"""The layout of the data folder: where files lie in archive, landing and quarantine."""

import hashlib
import re
from pathlib import Path
from typing import Final

from ingest.delivery.names import DailyFile, ManifestFile, parse_kept_stem
from ingest.store.record.keys import FileKey, key_of

_PATH: Final = re.compile(
    r"(?:.*/)?(?P<path>landing/resource=(?P<resource>[^/]+)/event=(?P<event>[^/]+)"
    r"/date=(?P<date>[^/]+)/(?P<client>[^/.]+)(?:\.(?P<part>[0-9]{4}))?\.parquet)"
)

BAD_NAMES: Final = "_names"


def archive_path(data: Path, file: DailyFile | ManifestFile, *, name: str) -> Path:
    """Give the path of a file's newest bytes in the archive."""
    return data / "archive" / file.delivery.folder / name


def replaced_path(newest: Path, *, sha256: str) -> Path:
    """Give the path of bytes in the archive that newer ones have replaced."""
    return newest.with_name(f"{newest.name}.{sha256[:12]}")


def quarantine_path(data: Path, file: DailyFile | ManifestFile | None, *, name: str) -> Path:
    """Give the path of a file in quarantine; a name that breaks the grammar is hashed."""
    if file is None:
        name_bytes = name.encode(errors="surrogateescape")
        return data / "quarantine" / BAD_NAMES / hashlib.sha256(name_bytes).hexdigest()
    return data / "quarantine" / file.delivery.folder / name


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
