"""One published sample for all readers, and one Superset."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.readers.environments import ENGINES, SUPERSET, missing_drivers, missing_readers
from tests.readers.published import Serve, publish_sample
from tests.readers.superset import Superset, superset
from tests.support.receiver import Receiver


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory, receiver_key: Receiver) -> Serve:
    assert [*missing_readers(*ENGINES), *missing_drivers()] == []
    return publish_sample(tmp_path_factory.mktemp("published"), receiver=receiver_key)


@pytest.fixture(scope="session")
def bi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    assert missing_readers(SUPERSET, programs=("chromium", "chromedriver")) == []
    with superset(tmp_path_factory.mktemp("superset")) as running:
        yield running


@pytest.fixture(scope="session")
def connection_settings() -> Any:
    """The address that the guide gives Superset."""
    guide = Path(__file__).parents[2] / "docs" / "readers.md"
    [extra] = re.findall(r"```json\n(.+?)```", guide.read_text(), re.DOTALL)
    return json.loads(extra)


@pytest.fixture(scope="session")
def database(bi: Superset, serve: Serve, connection_settings: Any) -> int:
    return bi.connect(serve.full, extra=connection_settings)


@pytest.fixture(scope="session")
def masked_database(bi: Superset, serve: Serve, connection_settings: Any) -> int:
    return bi.connect(serve.masked, extra=connection_settings)
