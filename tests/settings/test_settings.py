"""Settings come from the environment, `.env` and secrets' files; faults are told at once."""

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import load_settings, problems, reveal


@pytest.fixture(autouse=True)
def _no_settings_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("MX_SOURCE", "MX_DATA", "MX_GNUPGHOME", "MX_ENV_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(problems, "_warned", set())


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
        ("DATA", "/etc/passwd", "expected a folder, found a file: /etc/passwd"),
        ("DATA", "~nobody-of-that-name/x", "expected a path, found ~nobody-of-that-name/x, whose"),
        ("SFTP_PASSWORD_FILE", "/etc", "expected a file with a secret, found Is a directory: /etc"),
        ("SFTP_PASSWORD_FILE", "/dev/null", "expected a file with a secret, found it empty: /dev"),
        ("MASK_KEY", "short-secret", "expected at least 16 characters, found fewer"),
    ],
)
def test_a_bad_value_is_told_in_our_words_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"MX_{name}", value)

    with pytest.raises(SettingsError) as told:
        load_settings()

    assert str(told.value).startswith(f"MX_{name}: {said}")
    assert "short-secret" not in str(told.value)


def test_a_misspelt_name_is_warned_of_once_and_its_value_is_not_told(
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


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("abc$def", "abc$def"),
        ("${HOME}", "${HOME}"),
        ("s3cret pass#1", "s3cret pass#1"),
        ("#begins", "#begins"),
        ("a\\b\\", "a\\b\\"),
        ("it's\"so", "it's\"so"),
        ("'a # b'", "a # b"),
        ("'\"begins'", '"begins'),
        ("'it\\'s \\\\ '", "it's \\ "),
        ("plain\r", "plain"),
    ],
)
def test_every_password_can_be_written_into_the_env_file(
    tmp_path: Path, written: str, password: str
) -> None:
    (tmp_path / ".env").write_bytes(f"MX_SFTP_PASSWORD={written}\nMX_DATA=x\n".encode())

    settings = load_settings()

    assert (reveal(settings.sftp_password), settings.data) == (password, Path("x"))


def test_a_comment_is_no_value(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MX_MASK_KEY=   # hashes personal values\n")

    assert load_settings().mask_key is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('\nMX_SFTP_PASSWORD="s3cret\nMX_DATA=x\n', 2),
        ("MX_DATA=x\nMX_SFTP_PASSWORD='s3cret\nMX_API_KEY=it's\n", 2),
        ('MX_SFTP_PASSWORD="s3cret"s3cret\n', 1),
        ("MX_SFTP_PASSWORD s3cret\n", 1),
        ("MX_SFTP_PASSWORD\n", 1),
    ],
    ids=["open quote", "quote that ends later", "more after it", "no sign", "no value"],
)
def test_a_line_that_is_no_setting_is_named_without_its_value(
    tmp_path: Path, text: str, line: int
) -> None:
    (tmp_path / ".env").write_text(text)

    with pytest.raises(SettingsError) as told:
        load_settings()

    assert str(told.value).startswith(f".env: line {line}: expected NAME=value, found ")
    assert "s3cret" not in str(told.value)


def test_an_env_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("MX_DATA=é".encode("utf-16"))

    with pytest.raises(SettingsError, match=r"^\.env: expected text in UTF-8"):
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
