"""Erased records are known again by hashes, with one secret for ever."""

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.landing.erased.keys import KEY_FILE, ErasedKeys, make_keys, read_keys
from ingest.store.facts import What
from ingest.store.index.catch_up import open_state
from ingest.store.ledger import open_ledger

MASK_KEY = "a key of the tests alone"


def erase(data: Path, *, mask_key: str | None) -> ErasedKeys:
    """Note one erased user as an erasure does."""
    with open_ledger(data / "ledger", run_id="r") as ledger:
        keys = make_keys(data, ledger.state, mask_key=mask_key)
        facts = {"erasure": "r", "state": "keys", "keys": [keys.hash("C", "users", "U")]}
        ledger.append(What.ERASURE, None, **facts, key_check=keys.check)
    return keys


def read(data: Path, *, mask_key: str | None) -> ErasedKeys | None:
    with open_state(data / "ledger") as state:
        return read_keys(data, state, mask_key=mask_key)


@pytest.mark.parametrize("mask_key", [None, MASK_KEY])
def test_a_key_is_known_again_and_names_nobody(data: Path, mask_key: str | None) -> None:
    made = erase(data, mask_key=mask_key)

    keys = read(data, mask_key=None)

    assert keys is not None
    assert keys.check == made.check
    assert keys.find("C", "users", ["U", "V"]) == ["U"]
    assert keys.find("C", "accounts", ["U"]) == keys.find("D", "users", ["U"]) == []
    assert (data / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert b"users" not in (data / KEY_FILE).read_bytes()


def test_before_the_first_erasure_there_is_no_key(data: Path) -> None:
    with open_ledger(data / "ledger", run_id="r"):
        pass

    assert read(data, mask_key=MASK_KEY) is None
    assert not (data / KEY_FILE).exists()


def test_a_restored_machine_has_the_secret_from_the_mask_key(data: Path) -> None:
    erase(data, mask_key=MASK_KEY)
    (data / KEY_FILE).unlink()

    restored = read(data, mask_key=MASK_KEY)

    assert restored is not None
    assert restored.find("C", "users", ["U"]) == ["U"]


@pytest.mark.parametrize("content", [None, "no hex", "00"])
@pytest.mark.parametrize("mask_key", [None, "another key of the tests"])
def test_another_secret_is_refused(data: Path, content: str | None, mask_key: str | None) -> None:
    erase(data, mask_key=MASK_KEY)
    (data / KEY_FILE).unlink()
    if content:
        (data / KEY_FILE).write_text(content)

    with pytest.raises(SettingsError, match=r"erased.key: expected the key"):
        read(data, mask_key=mask_key)
