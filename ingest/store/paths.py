"""The landing: the only place that knows its layout."""

import re
from pathlib import Path
from typing import Final

from ingest.delivery.names import DailyFile, parse_kept_stem
from ingest.store.ledger.state import Place, place_of

_PATH: Final = re.compile(
    r"(?:.*/)?(?P<path>landing/resource=(?P<resource>[^/]+)/event=(?P<event>[^/]+)"
    r"/date=(?P<date>[^/]+)/(?P<client>[^/.]+)(?:\.(?P<part>[0-9]{4}))?\.parquet)"
)


def landing_path(file: DailyFile | Place) -> Path:
    """Say where a daily file lands, below the data folder."""
    part = f".{file.part:04}" if file.part > 1 else ""
    return Path(
        "landing",
        f"resource={file.resource}",
        f"event={file.event}",
        f"date={file.delivery.snapshot_date.isoformat()}",
        f"{file.delivery.client_guid}{part}.parquet",
    )


def place_at(path: str) -> Place | None:
    """Say which file lands at a path, be it below the data folder or from the root."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    part = f"-{match['part']}" if match["part"] else ""
    stem = f"{match['client']}.{match['date']}.{match['resource']}.{match['event']}{part}"
    file = parse_kept_stem(stem)
    is_it = file is not None and landing_path(file).as_posix() == match["path"]
    return place_of(file) if file and is_it else None
