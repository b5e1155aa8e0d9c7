"""Check the data folder: whether it can be written, and how many more days fit on its disk."""

import os
import shutil
from pathlib import Path
from statistics import mean
from typing import Final

from ingest.commands.checks.finding import Finding, Findings
from ingest.store.index.state import LedgerState
from ingest.store.index.totals import newest_dates

MEASURED_DAYS: Final = 7
FEWEST_DAYS: Final = 14
"""Less room than for so many days calls for someone."""
FEWEST_BYTES: Final = 1_000_000_000
_FOUND = Findings("disk")


def check_disk(data: Path, state: LedgerState | None) -> list[Finding]:
    """Compare the free space with what the last days took, and with the next release."""
    place = next(each for each in (data.absolute(), *data.absolute().parents) if each.exists())
    if not os.access(place, os.W_OK | os.X_OK, effective_ids=True):
        return [
            _FOUND.failed(
                f"MX_DATA: expected to write to {place}, found that this account may not; "
                "name another folder, or give this one to the account"
            )
        ]
    free, fewest = shutil.disk_usage(place).free, max(_release_bytes(data), FEWEST_BYTES)
    if free < fewest:
        return [
            _FOUND.incomplete(
                f"{data}: expected {_gigabytes(fewest)} free for another release, found "
                f"{_gigabytes(free)}; make room, or lower MX_KEEP_RELEASES"
            )
        ]
    dates = newest_dates(state, most=MEASURED_DAYS) if state else []
    if not dates:
        return [_FOUND.good(f"{data}: {_gigabytes(free)} free")]
    a_day = mean(_bytes_of_day(data, str(day)) for day in dates)
    days = int(free / a_day) if a_day else free
    if days < FEWEST_DAYS:
        return [
            _FOUND.incomplete(
                f"{data}: expected room for {FEWEST_DAYS} days, found {_gigabytes(free)} free for "
                f"{days}, as the last days took {_gigabytes(a_day)} each; make room"
            )
        ]
    took = f"the last {len(dates)} days took {a_day / 1e6:,.1f} MB each"
    return [_FOUND.good(f"{data}: {_gigabytes(free)} free; {took}: room for {days:,} more")]


def _release_bytes(data: Path) -> int:
    warehouse = data / "warehouse.duckdb"
    return warehouse.stat().st_size if warehouse.exists() else 0


def _bytes_of_day(data: Path, day: str) -> int:
    """Measure what a day has in archive and landing, all clients."""
    paths = [*data.glob(f"archive/*/{day}/*"), *data.glob(f"landing/*/*/date={day}/*.parquet")]
    return sum(path.stat().st_size for path in paths)


def _gigabytes(size_bytes: float) -> str:
    return f"{size_bytes / 1e9:,.1f} GB"
