"""A day that has landed."""

import pytest

from tests.conftest import Ingest
from tests.support.sender import Sender


@pytest.fixture
def landed(sender: Sender, ingest: Ingest) -> Sender:
    sender.send_users("a")
    sender.send_users("other", event="updated")
    sender.send_manifest()
    assert ingest().alarms == 0
    return sender
