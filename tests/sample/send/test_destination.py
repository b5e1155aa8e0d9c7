"""The sender puts files on SFTP servers of every kind."""

from pathlib import Path

import paramiko
import pytest
from paramiko.sftp import SFTP_OP_UNSUPPORTED

from ingest.errors import SettingsError, SourceError
from sample.send.destination import open_destination
from sample.serve.sftp_folder import ServedFolder
from sample.serve.sftp_server import ServedAt
from tests.sample.conftest import Send
from tests.sample.serve.sftp_client import PASSWORD, USER


def test_a_server_without_posix_rename_is_delivered_to(
    sftp_server: ServedAt, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServedFolder, "posix_rename", lambda *_: SFTP_OP_UNSUPPORTED)
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(sftp_server.known_hosts_line)
    address = f"sftp://{USER}@{sftp_server.host}:{sftp_server.port}/"
    with open_destination(address, password=PASSWORD, known_hosts=known_hosts) as destination:
        for content in (b"first", b"second"):
            made = destination.workspace / "made"
            made.write_bytes(content)
            destination.put(made, name="sent")

    assert (folder / "sent").read_bytes() == b"second"
    assert not list(folder.glob("*.filepart"))


def test_an_sftp_address_needs_known_hosts() -> None:
    with (
        pytest.raises(SettingsError, match="MX_SFTP_KNOWN_HOSTS"),
        open_destination("sftp://mx@127.0.0.1:1/in", password="x", known_hosts=None),
    ):
        pass


def test_a_sample_on_an_sftp_server_is_complete_and_has_final_names(
    sftp_server: ServedAt, folder: Path, tmp_path: Path, send: Send
) -> None:
    (folder / "inbox").mkdir()
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(sftp_server.known_hosts_line)
    address = f"sftp://{USER}@{sftp_server.host}:{sftp_server.port}/inbox"
    summary = send(address, sftp_password=PASSWORD, known_hosts=known_hosts)
    sent = sorted((folder / "inbox").iterdir())
    assert len(sent) == summary.files + 1
    assert not [path for path in sent if path.suffix != ".pgp"]
    files = [path for path in sent if "manifest" not in path.name]
    (manifest,) = set(sent) - set(files)
    assert sum(path.stat().st_size for path in files) == summary.encrypted_bytes
    assert manifest.stat().st_mtime_ns >= max(path.stat().st_mtime_ns for path in files)


def test_an_unknown_host_key_is_refused(
    sftp_server: ServedAt, folder: Path, tmp_path: Path, send: Send
) -> None:
    known_hosts = tmp_path / "known_hosts"
    other = paramiko.ECDSAKey.generate()
    line = f"[{sftp_server.host}]:{sftp_server.port} {other.get_name()} {other.get_base64()}\n"
    known_hosts.write_text(line)
    address = f"sftp://{USER}@{sftp_server.host}:{sftp_server.port}/"
    with pytest.raises(SourceError, match="found another"):
        send(address, sftp_password=PASSWORD, known_hosts=known_hosts)
    assert list(folder.iterdir()) == []
