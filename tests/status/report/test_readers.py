"""Readers have all that has landed, or a report can say what is lacking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.status.report.readers import Served

AT = datetime(2026, 1, 5, tzinfo=UTC)
ALL = Served(finished_at=AT, release=1, built_at=AT)


def test_readers_of_the_last_complete_build_have_all() -> None:
    assert ALL.is_well


@pytest.mark.parametrize(
    "lacking",
    [
        {"problems": ["a model failed"]},
        {"files_to_build": 1},
        {"built_at": AT - timedelta(days=1)},
        {"release": None, "built_at": None},
    ],
)
def test_readers_do_not_have_all(lacking: dict[str, Any]) -> None:
    assert not replace(ALL, **lacking).is_well


def test_a_build_that_is_not_complete_makes_no_release_old() -> None:
    assert replace(ALL, finished_at=None).is_current
