"""Secrets may come from files and never show; a bad value is reported in our words."""

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
        ("SERVE_MODE", "999", "expected a mode like 0640, found 999"),
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
