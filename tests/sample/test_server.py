"""The embedded SFTP server, spoken to by paramiko's client as everybody else would."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from ingest.errors import SourceError
from sample.serve.sftp_server import ServedAt, serve_sftp
from tests.sample.conftest import Send

USER, PASSWORD = "mx", "s3cret"


@contextmanager
def connected(at: ServedAt, *, password: str = PASSWORD) -> Iterator[paramiko.SFTPClient]:
    with paramiko.Transport((at.host, at.port)) as transport:
        transport.connect(username=USER, password=password)
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        with client:
            yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "served").mkdir()
    (tmp_path / "secret").write_text("not yours")
    return tmp_path / "served"


@pytest.fixture
def server(folder: Path) -> Iterator[ServedAt]:
    with serve_sftp(folder, user=USER, password=PASSWORD) as at:
        yield at


def test_files_are_written_listed_renamed_and_read(server: ServedAt, folder: Path) -> None:
    content = bytes(range(256)) * 1000
    with connected(server) as client:
        with client.open("/new.filepart", "wb") as file:
            file.write(content)
        client.posix_rename("/new.filepart", "/new")
        assert [entry.filename for entry in client.listdir_attr("/")] == ["new"]
        assert client.stat("/new").st_size == len(content)
        with client.open("/new", "rb") as file:
            file.seek(1000)
            assert file.read() == content[1000:]
        client.remove("/new")
    assert list(folder.iterdir()) == []


def test_a_rename_replaces_only_when_asked_to(server: ServedAt, folder: Path) -> None:
    (folder / "old").write_text("old")
    (folder / "new").write_text("new")
    with connected(server) as client:
        with pytest.raises(OSError, match="Failure"):
            client.rename("/new", "/old")
        client.posix_rename("/new", "/old")
    assert (folder / "old").read_text() == "new"


@pytest.mark.parametrize("path", ["/../secret", "../../secret", "/inner/../../secret"])
def test_dots_end_at_the_folder(server: ServedAt, folder: Path, path: str) -> None:
    with connected(server) as client:
        with pytest.raises(FileNotFoundError):
            client.open(path, "rb")
        client.open(path, "wb").close()
    assert (folder / "secret").exists()
    assert (folder.parent / "secret").read_text() == "not yours"


@pytest.mark.parametrize("path", ["/link", "/inner/link/secret"])
def test_no_link_leads_out_of_the_folder(server: ServedAt, folder: Path, path: str) -> None:
    (folder / "link").symlink_to(folder.parent / "secret")
    (folder / "inner").mkdir()
    (folder / "inner" / "link").symlink_to(folder.parent)
    with connected(server) as client:
        with pytest.raises(PermissionError):
            client.open(path, "rb")
        with pytest.raises(PermissionError):
            client.open(path, "wb")
        with pytest.raises(PermissionError):
            client.remove(path)
    assert (folder.parent / "secret").read_text() == "not yours"


def test_a_wrong_password_is_refused(server: ServedAt) -> None:
    with pytest.raises(paramiko.AuthenticationException), connected(server, password="guess"):
        pass


def test_several_clients_are_served_at_once(server: ServedAt, folder: Path) -> None:
    with connected(server) as one, connected(server) as other:
        one.open("/one", "wb").close()
        other.open("/other", "wb").close()
        assert one.listdir("/") == other.listdir("/") == ["one", "other"]


def test_no_thread_outlives_the_server(folder: Path) -> None:
    before = set(threading.enumerate())
    with serve_sftp(folder, user=USER, password=PASSWORD) as at, connected(at) as client:
        client.listdir("/")
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)


def test_a_sample_goes_to_an_sftp_server_whole_and_under_final_names(
    server: ServedAt, folder: Path, tmp_path: Path, send: Send
) -> None:
    (folder / "inbox").mkdir()
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(server.known_hosts_line)
    address = f"sftp://{USER}@{server.host}:{server.port}/inbox"
    summary = send(address, sftp_password=PASSWORD, known_hosts=known_hosts)
    sent = sorted((folder / "inbox").iterdir())
    assert len(sent) == summary.files + 1
    assert not [path for path in sent if path.suffix != ".pgp"]
    files = [path for path in sent if "manifest" not in path.name]
    (manifest,) = set(sent) - set(files)
    assert sum(path.stat().st_size for path in files) == summary.encrypted_bytes
    assert manifest.stat().st_mtime_ns >= max(path.stat().st_mtime_ns for path in files)


def test_an_unknown_host_key_is_refused(
    server: ServedAt, folder: Path, tmp_path: Path, send: Send
) -> None:
    known_hosts = tmp_path / "known_hosts"
    other = paramiko.ECDSAKey.generate()
    line = f"[{server.host}]:{server.port} {other.get_name()} {other.get_base64()}\n"
    known_hosts.write_text(line)
    address = f"sftp://{USER}@{server.host}:{server.port}/"
    with pytest.raises(SourceError, match="found another"):
        send(address, sftp_password=PASSWORD, known_hosts=known_hosts)
    assert list(folder.iterdir()) == []
