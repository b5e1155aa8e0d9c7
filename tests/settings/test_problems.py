"""A wrong or unknown setting is reported in our words, without a secret."""

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SETTLE_HOURS", "six", "expected a number of hours, found six"),
        ("SETTLE_HOURS", "inf", "expected at most 8784, found inf"),
        ("SETTLE_HOURS", "nan", "expected at most 8784, found nan"),
        ("SETTLE_HOURS", "-1", "expected at least 0, found -1"),
        ("MEMORY", "12", "expected at least 256MB, found 12"),
        ("MEMORY", "much", "expected a size like 512MB, found much"),
        ("BUILD_MEMORY", "0", "expected at least 64MB, found 0"),
        ("KEEP_RELEASES", "2.5", "expected a whole number, found 2.5"),
        ("GPG_ONLY", "maybe", "expected true or false, found maybe"),
        ("SERVE_MODE", "0777", "expected a mode like 0640, found 0777"),
        ("DATA", "/etc/passwd", "expected a folder, found a file: /etc/passwd"),
        ("DATA", "~nobody-of-that-name/x", "expected a path, found ~nobody-of-that-name/x, whose"),
        ("SFTP_PASSWORD_FILE", "/etc", "expected a file with a secret, found Is a directory: /etc"),
        ("SFTP_PASSWORD_FILE", "/dev/null", "expected a file with a secret, found it empty: /dev"),
        ("MASK_KEY", "short-secret", "expected at least 16 characters, found fewer"),
    ],
)
def test_a_bad_value_is_reported_in_our_words_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"MX_{name}", value)

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert str(raised.value).startswith(f"MX_{name}: {said}")
    assert "short-secret" not in str(raised.value)


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
