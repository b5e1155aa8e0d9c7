"""A misspelt name is warned of once, without its value."""

from pathlib import Path

import pytest

from ingest.settings import load_settings


def test_a_misspelt_name_is_warned_of_once_without_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".env").write_text("MX_SFTP_PASWORD=s3cret\nOTHER_PASWORD=1\n")
    monkeypatch.setenv("MX_QQQ", "1")

    load_settings()
    load_settings()

    assert sorted(record.getMessage() for record in caplog.records) == [
        "MX_QQQ: expected a setting, found none of that name (the environment); see .env.example",
        "MX_SFTP_PASWORD: expected a setting, found none of that name (.env); "
        "did you mean MX_SFTP_PASSWORD?",
    ]
