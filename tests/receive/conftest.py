"""No test of fetching waits before it asks again."""

import pytest
from tenacity import wait_none

from ingest.receive import download


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "wait_random_exponential", lambda **_: wait_none())
