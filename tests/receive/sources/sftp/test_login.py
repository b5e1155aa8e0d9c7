"""An address and the settings beside it say where to log in."""

from pathlib import Path

import paramiko
import pytest

from ingest.errors import SettingsError
from ingest.receive.sources import open_source
from ingest.receive.sources.sftp.login import read_login
from sample.serve.sftp_server import serve_sftp
from tests.receive.sources.test_sources import NO_HOSTS


@pytest.mark.parametrize("address", ["sftp://u@host/in#box", "sftp://u@host/in?box"])
def test_a_folder_that_would_be_cut_off_is_refused(address: str) -> None:
    with (
        pytest.raises(SettingsError, match=r"write %3F for \? and %23 for #"),
        open_source(address, password="p", known_hosts=NO_HOSTS),
    ):
        pass


@pytest.mark.parametrize(
    ("user", "written"),
    [
        ("mx@corp.example", "mx%40corp.example"),
        ("mx@corp.example", "mx@corp.example"),
        ("corp\\mx", "corp%5Cmx"),
        ("mx:a/b", "mx%3Aa%2Fb"),
        ("100%", "100%25"),
    ],
)
@pytest.mark.parametrize("path", ["my%20files%20%231", "my files %231"])
def test_users_and_folders_may_have_any_characters(
    tmp_path: Path, user: str, written: str, path: str
) -> None:
    folder = tmp_path / "my files #1"
    folder.mkdir()
    (folder / "a").write_bytes(b"1")
    password = "p@ss:w/rd %41#?"
    with serve_sftp(tmp_path, user=user, password=password) as server:
        known_hosts = tmp_path / "known_hosts"
        known_hosts.write_text(server.known_hosts_line)
        address = f"sftp://{written}@{server.host}:{server.port}/{path}"
        with open_source(address, password=password, known_hosts=known_hosts) as source:
            [listed] = source.list_files()

    assert listed.name == "a"


def test_a_server_wants_a_password_or_a_key() -> None:
    with (
        pytest.raises(SettingsError, match="found neither"),
        open_source("sftp://user@host/x", known_hosts=NO_HOSTS),
    ):
        pass


@pytest.mark.parametrize("is_text", [True, False], ids=["text", "path"])
@pytest.mark.parametrize("passphrase", [None, "p"])
def test_a_private_key_is_read_from_its_text_or_its_file(
    tmp_path: Path, is_text: bool, passphrase: str | None
) -> None:
    made = paramiko.ECDSAKey.generate()
    made.write_private_key_file(str(tmp_path / "key"), password=passphrase)
    given = (tmp_path / "key").read_text() if is_text else str(tmp_path / "key")

    login = read_login(
        "sftp://u@host/", password=passphrase, private_key=given, known_hosts=NO_HOSTS
    )

    assert login.key == made
    assert login.password is None, "it is the passphrase"
    assert "PRIVATE" not in repr(login)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("/nonexistent/key", "expected a key, or its file's path"),
        ("-----BEGIN NOTHING-----", "found no key that opens"),
    ],
)
def test_a_key_that_cannot_be_read_names_the_setting(given: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"MX_SFTP_PRIVATE_KEY: .*{said}"):
        read_login("sftp://u@host/", password=None, private_key=given, known_hosts=NO_HOSTS)
