"""A date means its last moment in UTC."""

from datetime import UTC, datetime

import pytest

from ingest.commands.options import moment
from ingest.errors import SettingsError


def test_a_date_is_taken_to_its_end() -> None:
    assert (
        moment(datetime(2026, 1, 2, tzinfo=UTC)).isoformat() == "2026-01-02T23:59:59.999999+00:00"
    )
    assert moment(None) <= datetime.now(tz=UTC)


@pytest.mark.parametrize("year", [1999, 2100])
def test_a_date_that_cannot_be_meant_is_refused(year: int) -> None:
    with pytest.raises(SettingsError, match="--as-of: expected a day from 2000-01-01"):
        moment(datetime(year, 1, 1, tzinfo=UTC))
