"""Fixtures for publishing: a small warehouse for each test, and a sample world for all."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.openpgp.keyring import Keyring
from tests.support.receiver import Receiver
from tests.support.world import publish_world
from tests.warehouse.publish.warehouse import serving, write_warehouse


@pytest.fixture
def small(data: Path) -> Path:
    return write_warehouse(data)


@pytest.fixture(scope="session")
def sample(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring, receiver_key: Receiver
) -> Iterator[Path]:
    """Publish a sample world, from encrypted files to a masked release."""
    folder = tmp_path_factory.mktemp("sample")
    yield publish_world(
        folder,
        keyring=keyring,
        recipient=receiver_key.fingerprint,
        serving=serving(),
        seed=5,
        users=5,
        days=2,
        start=date(2026, 1, 1),
    )
    shutil.rmtree(folder)
