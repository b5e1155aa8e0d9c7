"""The days that a delivered file can be of.

A placeholder or a typing error is no such day: one of it would make thousands of days missing.
"""

from datetime import date, timedelta
from typing import Final

EARLIEST: Final = date(2000, 1, 1)
AHEAD: Final = timedelta(days=2)
"""A sender's clock, or the name of a day, may be ahead of ours by so much."""


def is_plausible(snapshot_date: date, *, on: date) -> bool:
    """Say whether a file of a day can arrive on another day: from 2000-01-01 to two days ahead."""
    return EARLIEST <= snapshot_date <= on + AHEAD
