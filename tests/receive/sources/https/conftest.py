"""A delivery behind the Reporting API, ready to be fetched."""

import hashlib
from pathlib import Path

import pytest
from tenacity import wait_none

from ingest.openpgp.keyring import Keyring
from ingest.receive import download
from tests.support.api import Api
from tests.support.sender import Sender, avro_bytes

GUIDS = ("USR-1", "USR-2")
LARGE = [
    {"guid": f"USR-{number}", "first_name": hashlib.sha256(b"%d" % number).hexdigest()}
    for number in range(20_000)
]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "wait_random_exponential", lambda **_: wait_none())


@pytest.fixture
def api(sender: Sender, data: Path, keyring: Keyring) -> Api:
    """A delivery of one file, which is ready to be pulled."""
    sender.send_users(*GUIDS)
    sender.send_manifest()
    return Api(folder=sender.folder, data=data, keyring=keyring)


def send_large(sender: Sender) -> None:
    sender.send(avro_bytes(LARGE, codec="null"), record_count=len(LARGE))
    sender.send_manifest()
