"""A key is unlocked by its own passphrase and nothing else."""

import base64

import pytest

from ingest.openpgp.keyring import Keyring
from ingest.openpgp.unlocked_process import unlock
from tests.support.receiver import PASSPHRASE


@pytest.mark.parametrize("passphrase", ["wrong", None])
def test_a_key_stays_shut_without_its_passphrase(keyring: Keyring, passphrase: str | None) -> None:
    exported = [base64.b64decode(key) for key in keyring.home.export_private(passphrase=PASSPHRASE)]

    assert exported
    assert [unlock(key, passphrase=passphrase) for key in exported] == [{}] * len(exported)
    assert unlock(b"no key", passphrase=PASSPHRASE) == {}
