"""A small world, sent, landed and built once."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingest.openpgp.keyring import Keyring
from ingest.warehouse.publish.serving import Serving
from tests.conftest import landed_rows
from tests.dbt_project.conftest import Warehouse
from tests.marts.feed import Feed
from tests.support.receiver import Receiver
from tests.support.world import publish_world


@pytest.fixture(scope="session")
def world(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring, receiver_key: Receiver
) -> Path:
    """Six days of a client, over the end of a month, published; returns the data folder."""
    return publish_world(
        tmp_path_factory.mktemp("world"),
        keyring=keyring,
        recipient=receiver_key.fingerprint,
        serving=Serving(keep=1, mode=0o600, masked_mode=0o600, mask=None, memory_bytes=1 << 30),
        seed=7,
        users=14,
        days=6,
        start=date(2026, 1, 28),
    )


@pytest.fixture
def published(world: Path) -> Iterator[Warehouse]:
    """The database of readers: the schemas main, history, ops and marts alone."""
    with duckdb.connect(world / "serve" / "warehouse.duckdb", read_only=True) as opened:
        opened.execute("set TimeZone = 'UTC'")
        yield opened


@pytest.fixture(scope="session")
def feed(world: Path) -> Feed:
    return Feed(landed_rows(world))
