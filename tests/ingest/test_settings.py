"""Settings come from the environment, `.env` and secrets' files; faults are told at once."""

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import load_settings, reveal


@pytest.fixture(autouse=True)
def _no_settings_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("MX_SOURCE", "MX_DATA", "MX_GNUPGHOME"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_wins_over_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("MX_DATA=from-file\nMX_SOURCE=/from-file\nOTHER=1\n")
    monkeypatch.setenv("MX_DATA", "from-environment")

    settings = load_settings("source")

    assert (settings.data, settings.source) == (Path("from-environment"), "/from-file")


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


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(SettingsError, match=r"MX_SOURCE, MX_GNUPGHOME: expected in the env"):
        load_settings("source", "gnupghome")


def test_all_that_is_malformed_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MX_SETTLE_HOURS", "soon")
    monkeypatch.setenv("MX_MEMORY", "much")

    with pytest.raises(SettingsError, match=r"MX_MEMORY: .*; MX_SETTLE_HOURS: "):
        load_settings()


def test_a_file_of_secrets_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MX_API_KEY_FILE", "/nowhere")

    with pytest.raises(SettingsError, match="MX_API_KEY_FILE: cannot read /nowhere"):
        load_settings()
