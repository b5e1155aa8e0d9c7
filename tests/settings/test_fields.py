"""Secrets may come from files, and never show."""

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import load_settings, reveal


def test_a_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    monkeypatch.setenv("MX_SFTP_PASSWORD_FILE", str(tmp_path / "secret"))

    assert reveal(load_settings().sftp_password) == "s3cret"


def test_a_passphrase_that_was_made_with_the_key_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "passphrase").write_text("made\n")
    monkeypatch.setenv("MX_GNUPGHOME", str(tmp_path))

    assert reveal(load_settings().gpg_passphrase) == "made"


def test_no_secret_shows_in_a_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MX_API_KEY", "s3cret")

    assert "s3cret" not in repr(load_settings())


def test_a_file_of_secrets_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MX_API_KEY_FILE", "/nowhere")

    with pytest.raises(SettingsError, match=r"^MX_API_KEY_FILE: .* No such file .*: /nowhere$"):
        load_settings()
