"""A file is of a day from 2000-01-01 to two days ahead."""

from datetime import date

import pytest

from ingest.delivery.days import is_plausible

TODAY = date(2026, 1, 2)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1970, 1, 1), False),
        (date(1999, 12, 31), False),
        (date(2000, 1, 1), True),
        (TODAY, True),
        (date(2026, 1, 4), True),
        (date(2026, 1, 5), False),
        (date(9999, 12, 31), False),
    ],
    ids=str,
)
def test_a_day_is_plausible_within_its_bounds(day: date, expected: bool) -> None:
    assert is_plausible(day, on=TODAY) is expected
