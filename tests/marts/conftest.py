"""A small world, sent, landed and built once."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.build import build_warehouse
from ingest.judge import Rules
from ingest.openpgp import Keyring
from ingest.pipeline import run
from ingest.sample.sender import write_sample
from ingest.sources.local import LocalFolder
from tests.conftest import landed_rows
from tests.marts.feed import Feed
from tests.support.receiver import Receiver


@pytest.fixture(scope="session")
def world(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring, receiver_key: Receiver
) -> Path:
    """Six days of a client, over the end of a month; returns the data folder."""
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
    assert build_warehouse(folder / "data", dbt_args=["--quiet"]) == 0
    return folder / "data"


@pytest.fixture(scope="session")
def feed(world: Path) -> Feed:
    return Feed(landed_rows(world))
