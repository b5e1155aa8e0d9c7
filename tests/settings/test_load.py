"""The environment wins over `.env`, and all problems are reported at once."""

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import load_settings


def test_the_environment_wins_over_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("MX_DATA=from-file\nMX_SOURCE=/from-file\nOTHER=1\n")
    monkeypatch.setenv("MX_DATA", "from-environment")

    settings = load_settings("source")

    assert (settings.data, settings.source) == (Path("from-environment"), "/from-file")


def test_all_missing_settings_are_reported_at_once() -> None:
    with pytest.raises(SettingsError, match=r"MX_SOURCE, MX_GNUPGHOME: expected in the env"):
        load_settings("source", "gnupghome")


def test_all_malformed_settings_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MX_SETTLE_HOURS", "soon")
    monkeypatch.setenv("MX_MEMORY", "much")

    with pytest.raises(SettingsError, match=r"MX_MEMORY: .*; MX_SETTLE_HOURS: "):
        load_settings()


def test_relative_paths_of_a_named_env_file_count_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    monkeypatch.setenv("MX_ENV_FILE", str(tmp_path / ".env"))

    before = load_settings()
    (tmp_path / ".env").write_text("MX_DATA=bigdisk\nMX_SOURCE=in\nMX_HTTPS_CA=/ca.pem\n")
    after = load_settings()

    assert before.data == tmp_path / "data"
    assert (after.data, after.source) == (tmp_path / "bigdisk", str(tmp_path / "in"))
    assert after.https_ca == Path("/ca.pem")
