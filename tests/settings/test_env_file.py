"""A value in `.env` is taken as written, and a broken line is named without it."""

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import load_settings, reveal


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

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert str(raised.value).startswith(f".env: line {line}: expected NAME=value, found ")
    assert "s3cret" not in str(raised.value)


def test_an_env_file_in_another_encoding_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("MX_DATA=é".encode("utf-16"))

    with pytest.raises(SettingsError, match=r"^\.env: expected text in UTF-8"):
        load_settings()
