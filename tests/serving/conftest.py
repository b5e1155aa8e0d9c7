"""What the tests of publishing share: a small warehouse each, and one of a sample world for all."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.build import build_warehouse
from ingest.judge import Rules
from ingest.openpgp import Keyring
from ingest.pipeline import run
from ingest.sample.sender import write_sample
from ingest.sources.local import LocalFolder
from tests.serving.warehouse import serving, write_warehouse
from tests.support.receiver import Receiver


@pytest.fixture
def small(data: Path) -> Path:
    return write_warehouse(data)


@pytest.fixture(scope="session")
def sample(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring, receiver_key: Receiver
) -> Iterator[Path]:
    """Publish a sample world the whole way, masked release included."""
    folder = tmp_path_factory.mktemp("sample")
    source, data = folder / "source", folder / "data"
    source.mkdir()
    write_sample(
        to=str(source),
        keyring=keyring,
        recipient=receiver_key.fingerprint,
        seed=5,
        clients=1,
        users=5,
        days=2,
        start=date(2026, 1, 1),
        surprise=True,
        truth=None,
        sftp_password=None,
        known_hosts=None,
    )
    rules = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
    run(LocalFolder(source), data=data, keyring=keyring, rules=rules)
    assert build_warehouse(data, dbt_args=["--quiet"], serving=serving()) == 0
    yield data
    shutil.rmtree(folder)
