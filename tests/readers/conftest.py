"""One published sample for all readers, and one Superset."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.readers.environments import missing_environments
from tests.readers.published import Serve, publish_sample
from tests.readers.superset import Superset, superset
from tests.support.receiver import Receiver


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory, receiver_key: Receiver) -> Serve:
    assert missing_environments() == [], "run: just readers"
    return publish_sample(tmp_path_factory.mktemp("published"), receiver=receiver_key)


@pytest.fixture(scope="session")
def bi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    with superset(tmp_path_factory.mktemp("superset")) as running:
        yield running
