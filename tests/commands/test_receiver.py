"""Keys, source and limits come from the settings that name them."""

from datetime import timedelta
from pathlib import Path

import pytest

from ingest.commands.receiver import open_configured_source, open_keyring, read_https, read_rules
from ingest.receive.sources.local import LocalFolder
from ingest.settings import load_settings
from tests.support.receiver import Receiver


@pytest.fixture(autouse=True)
def set_up(tmp_path: Path, receiver_key: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = {
        "MX_SOURCE": str(tmp_path),
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_SETTLE_HOURS": "2",
        "MX_HTTPS_PROXY": "http://proxy:1",
        "MX_MAX_PLAIN_BYTES": "9MB",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)


def test_keys_and_source_are_those_of_the_settings(tmp_path: Path, receiver_key: Receiver) -> None:
    settings = load_settings()

    with open_configured_source(settings) as source:
        assert source == LocalFolder(tmp_path)
    keys = open_keyring(settings).home.private_keys()
    assert receiver_key.fingerprint in [key.fingerprint for key in keys]


def test_limits_and_choices_are_those_of_the_settings() -> None:
    settings = load_settings()
    rules = read_rules(settings, accept_unlisted=True)

    assert rules.settle == timedelta(hours=2)
    assert (rules.max_plain_bytes, rules.accept_unlisted) == (9_000_000, True)
    assert read_https(settings).proxy == "http://proxy:1"
