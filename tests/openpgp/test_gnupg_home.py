"""Keys are listed, imported and exported; a failure of gpg names the next step."""

from pathlib import Path

import pytest

from ingest.errors import KeyringError, SettingsError
from ingest.openpgp.gnupg_home import GnupgHome
from ingest.openpgp.keyring import Keyring
from tests.support.receiver import Receiver


def test_a_missing_home_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make one with: ingest keys new"):
        GnupgHome(tmp_path / "none")


def test_a_missing_gpg_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(KeyringError, match="install it with: sudo apt-get install gnupg"):
        GnupgHome(tmp_path)


def test_a_public_key_goes_from_one_home_to_another(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver
) -> None:
    armour = keyring.home.export_public(receiver_key.fingerprint)
    (tmp_path / "g").mkdir(mode=0o700)
    sender = GnupgHome(tmp_path / "g")

    assert sender.import_public(armour) == receiver_key.fingerprint
    assert sender.private_keys() == []


def test_text_that_is_no_key_is_not_imported(keyring: Keyring) -> None:
    with pytest.raises(KeyringError, match="expected ASCII armour"):
        keyring.home.import_public("nothing of the kind")


def test_exporting_an_unknown_key_says_where_to_look(keyring: Keyring) -> None:
    with pytest.raises(KeyringError, match="ingest keys list"):
        keyring.home.export_public("0" * 40)
