"""A login says why it fails, and trusts only the known host key."""

from pathlib import Path

import pytest

from ingest.errors import SettingsError, SourceError, SourceUnavailable
from ingest.receive.sources import open_source
from tests.receive.sources.test_sources import NO_HOSTS
from tests.support.sshd import ACCOUNT, Sshd


def test_a_server_that_nobody_knows_is_not_trusted(sshd_server: Sshd, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text("")

    with (
        pytest.raises(SourceError, match="ssh-keyscan -p"),
        open_source(
            sshd_server.address,
            password=sshd_server.password,
            known_hosts=tmp_path / "known_hosts",
        ) as source,
    ):
        source.list_files()


def test_a_server_with_another_key_is_not_trusted(sshd_server: Sshd, tmp_path: Path) -> None:
    host, kind, _key, *_rest = sshd_server.known_hosts.read_text().split()
    other = "AAAAC3NzaC1lZDI1NTE5AAAAIJXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
    (tmp_path / "known_hosts").write_text(f"{host} {kind} {other}\n")

    with (
        pytest.raises(SourceError, match="found another"),
        open_source(
            sshd_server.address,
            password=sshd_server.password,
            known_hosts=tmp_path / "known_hosts",
        ) as source,
    ):
        source.list_files()


def test_a_wrong_password_is_not_tried_again(sshd_server: Sshd) -> None:
    with (
        pytest.raises(
            SourceError,
            match=rf"^sftp 127\.0\.0\.1:\d+: expected to log in as {ACCOUNT} with MX_SFTP_PASSWORD"
            ", found it refused; the server offers: publickey, password; check user and "
            "MX_SFTP_PASSWORD with the server's owner$",
        ) as refused,
        open_source(
            sshd_server.address, password="wrong", known_hosts=sshd_server.known_hosts
        ) as source,
    ):
        source.list_files()
    assert not isinstance(refused.value, SourceUnavailable)


def test_a_missing_file_of_known_hosts_says_how_to_fill_it(sshd_server: Sshd) -> None:
    with (
        pytest.raises(SettingsError, match=r"MX_SFTP_KNOWN_HOSTS: .* fill it with: ssh-keyscan"),
        open_source(
            sshd_server.address, password=sshd_server.password, known_hosts=NO_HOSTS
        ) as source,
    ):
        source.list_files()


def test_a_server_that_does_not_answer_may_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text("")

    with (
        pytest.raises(SourceUnavailable, match=r"sftp 127.0.0.1:1: expected a connection"),
        open_source(
            "sftp://user@127.0.0.1:1/x", password="p", known_hosts=tmp_path / "known_hosts"
        ) as source,
    ):
        source.list_files()
