"""A small world, sent, landed and built once."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest.build import build_warehouse
from ingest.judge import Rules
from ingest.openpgp import Keyring
from ingest.pipeline import run
from ingest.publish import Serving
from ingest.sample.sender import write_sample
from ingest.sources.local import LocalFolder
from tests.conftest import landed_rows
from tests.marts.feed import Feed
from tests.support.receiver import Receiver
from tests.warehouse.conftest import Warehouse


@pytest.fixture(scope="session")
def world(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring, receiver_key: Receiver
) -> Path:
    """Six days of a client, over the end of a month, published; returns the data folder."""
    folder = tmp_path_factory.mktemp("world")
    (folder / "sent").mkdir()
    write_sample(
        to=str(folder / "sent"),
        keyring=keyring,
        recipient=receiver_key.fingerprint,
        seed=7,
        clients=1,
        users=14,
        days=6,
        start=date(2026, 1, 28),
        surprise=True,
        truth=None,
        sftp_password=None,
        known_hosts=None,
    )
    rules = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
    run(LocalFolder(folder / "sent"), data=folder / "data", keyring=keyring, rules=rules)
    serving = Serving(keep=1, mode=0o600, masked_mode=0o600, mask=None, memory_bytes=1 << 30)
    assert build_warehouse(folder / "data", dbt_args=["--quiet"], serving=serving) == 0
    return folder / "data"


@pytest.fixture
def published(world: Path) -> Iterator[Warehouse]:
    """What readers are given: the schemas main, history, ops and marts alone."""
    with duckdb.connect(world / "serve" / "warehouse.duckdb", read_only=True) as opened:
        opened.execute("set TimeZone = 'UTC'")
        yield opened


@pytest.fixture(scope="session")
def feed(world: Path) -> Feed:
    return Feed(landed_rows(world))
