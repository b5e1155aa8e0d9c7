"""Processes that convert containers."""

from collections.abc import Iterator

import pytest

from ingest.landing.converters import Converters


@pytest.fixture(scope="module")
def converters() -> Iterator[Converters]:
    with Converters() as processes:
        yield processes
