"""The landing: the only place that knows its layout."""

from pathlib import Path

from ingest.delivery import DailyFile


def landing_path(file: DailyFile) -> Path:
    """Say where a daily file lands, below the data folder."""
    part = f".{file.part:04}" if file.part > 1 else ""
    return Path(
        "landing",
        f"resource={file.resource}",
        f"event={file.event}",
        f"date={file.delivery.snapshot_date.isoformat()}",
        f"{file.delivery.client_guid}{part}.parquet",
    )
