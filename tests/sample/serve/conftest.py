"""One server of the Reporting API for the tests of a module."""

from collections.abc import Iterator

import pytest

from sample.serve.reporting_api import ServedAt
from tests.sample.api_client import (
    Client,
    client_of,
    served,
)
from tests.sample.conftest import SmallWorld


@pytest.fixture(scope="module")
def server(small_world: SmallWorld) -> Iterator[ServedAt]:
    with served(small_world) as at:
        yield at


@pytest.fixture
def client(server: ServedAt) -> Iterator[Client]:
    with client_of(server) as connected:
        yield connected
