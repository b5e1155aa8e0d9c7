"""Settings come from the environment, `.env` and secrets' files; faults are told at once."""

import re
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


@pytest.mark.parametrize(
    ("said", "bytes_"),
    [
        ("1000000000", 10**9),
        ("1gb", 10**9),
        ("1 GB", 10**9),
        ("512MiB", 512 << 20),
        ("0.5GiB", 1 << 29),
        ("1G", 10**9),
        ("300000000B", 300_000_000),
    ],
)
def test_a_size_is_said_in_thousands_or_powers_of_two(
    said: str, bytes_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MX_MEMORY", said)

    assert load_settings().memory == bytes_


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("MX_MEMORY", "10MB", "expected at least 268435456, found 10MB"),
        ("MX_KEEP_RELEASES", "1", "expected a number of at least 2, found 1"),
        ("MX_KEEP_RELEASES", "2.5", "expected a number of at least 2, found 2.5"),
        ("MX_SETTLE_HOURS", "nan", "expected a number of at least 0, found nan"),
        ("MX_SETTLE_HOURS", "inf", "expected a number of at least 0, found inf"),
        ("MX_GPG_ONLY", "perhaps", "expected true or false, found perhaps"),
        ("MX_SERVE_MODE", "0666", "expected a mode like 0640, found 0666"),
        ("MX_SERVE_MODE", "rw", "expected a mode like 0640, found rw"),
    ],
)
def test_what_is_malformed_is_told_with_what_was_expected(
    name: str, said: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, said)

    with pytest.raises(SettingsError, match=rf"^{name}: {re.escape(told)}$"):
        load_settings()


@pytest.mark.parametrize(("said", "meant"), [("TRUE", True), ("1", True), ("off", False)])
def test_a_truth_value_is_said_as_people_say_it(
    said: str, meant: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MX_GPG_ONLY", said)

    assert load_settings().gpg_only is meant
