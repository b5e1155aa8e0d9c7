"""A folder and an SFTP server are the same source: what is listed, and how it is read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ingest.errors import SettingsError, SourceError, SourceUnavailable
from ingest.receive.sources import Source, open_source
from sample.serve.sftp_server import serve_sftp
from tests.support.sender import CLIENT, DAY
from tests.support.sshd import ACCOUNT, Sshd

NAMES = Path("/nonexistent/known_hosts")
CONTENT = os.urandom(100_000)
MOST_BYTES = 100_000_000
"""What fetching may hold in memory."""


@pytest.fixture(params=["local", "sshd_server"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What the source shows."""
    if request.param == "local":
        return tmp_path
    served: Sshd = request.getfixturevalue("sshd_server")
    for path in served.folder.iterdir():
        path.unlink()
    return served.folder


@pytest.fixture
def source(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Iterator[Source]:
    with ExitStack() as stack:
        if folder == tmp_path:
            yield stack.enter_context(open_source(str(folder), known_hosts=NAMES))
        else:
            served: Sshd = request.getfixturevalue("sshd_server")
            yield stack.enter_context(
                open_source(
                    served.address, password=served.password, known_hosts=served.known_hosts
                )
            )


def test_regular_files_are_listed_with_size_and_time(source: Source, folder: Path) -> None:
    (folder / "a").write_bytes(b"12345")
    os.utime(folder / "a", (0, 1_700_000_000))
    (folder / "link").symlink_to("a")

    [listed] = source.list_files()

    assert (listed.name, listed.size_bytes, listed.modified_at) == ("a", 5, 1_700_000_000)


def test_a_name_that_is_no_text_hides_no_other(source: Source, folder: Path) -> None:
    (folder / "a").write_bytes(b"1")
    odd = os.fsdecode(b"CLT-\xff\n")
    (folder / odd).write_bytes(b"odd")

    names = {listed.name for listed in source.list_files()}

    assert names == {"a", odd}
    with source.open_file(odd, offset=0) as stream:
        assert stream.read(10) == b"odd"


@pytest.mark.parametrize("offset", [0, 70_000, len(CONTENT)])
def test_a_file_is_read_from_any_offset(source: Source, folder: Path, offset: int) -> None:
    (folder / "a").write_bytes(CONTENT)
    (folder / "a").chmod(0o644)

    with source.open_file("a", offset=offset) as stream:
        chunks = iter(lambda: stream.read(30_000), b"")
        assert b"".join(chunks) == CONTENT[offset:]


def test_a_file_that_has_gone_is_named(source: Source) -> None:
    with pytest.raises(SourceError, match="'gone'"), source.open_file("gone", offset=0):
        pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        open_source(str(tmp_path / "none"), known_hosts=NAMES) as source,
        pytest.raises(SourceError, match="none: expected a folder to list"),
    ):
        source.list_files()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://host/x", "found the scheme ftp"),
        ("sftp://host:99999/x", "a port between 1 and 65535"),
        ("sftp://host/x", "expected sftp://user@host:port/folder"),
        ("sftp://user:secret@host/x", "the password in MX_SFTP_PASSWORD"),
    ],
)
def test_an_address_that_cannot_be_meant_is_told(address: str, said: str) -> None:
    with (
        pytest.raises(SettingsError, match=said) as told,
        open_source(address, password="p", known_hosts=NAMES),
    ):
        pass
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("address", ["sftp://u@host/in#box", "sftp://u@host/in?box"])
def test_a_folder_that_would_be_cut_off_is_told(address: str) -> None:
    with (
        pytest.raises(SettingsError, match=r"write %3F for \? and %23 for #"),
        open_source(address, password="p", known_hosts=NAMES),
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
        open_source("sftp://user@host/x", known_hosts=NAMES),
    ):
        pass


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
            ", found it refused; the server offers: publickey, password$",
        ) as told,
        open_source(
            sshd_server.address, password="wrong", known_hosts=sshd_server.known_hosts
        ) as source,
    ):
        source.list_files()
    assert not isinstance(told.value, SourceUnavailable)


def test_a_folder_that_is_not_there_says_what_is(sshd_server: Sshd) -> None:
    """The nearest folder above it is listed, the first names of it."""
    with (
        pytest.raises(
            SourceError, match=r"^sftp 127\.0\.0\.1:\d+: expected the folder /\S+/uplaod/x, "
        ) as told,
        open_source(
            sshd_server.address.replace("/upload", "/uplaod/x"),
            password=sshd_server.password,
            known_hosts=sshd_server.known_hosts,
        ) as source,
    ):
        source.list_files()
    assert "upload/" in str(told.value).partition("there is: ")[2].split(", ")


def test_a_missing_file_of_known_hosts_says_how_to_fill_it(sshd_server: Sshd) -> None:
    with (
        pytest.raises(SettingsError, match=r"MX_SFTP_KNOWN_HOSTS: .* fill it with: ssh-keyscan"),
        open_source(
            sshd_server.address, password=sshd_server.password, known_hosts=NAMES
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


def test_a_file_of_any_size_is_fetched_in_bounded_memory(sshd_server: Sshd, tmp_path: Path) -> None:
    path = sshd_server.folder / f"{CLIENT}.{DAY}.users.created.avro.pgp"
    with path.open("wb") as stream:
        stream.truncate(2 * MOST_BYTES)
    path.chmod(0o644)
    settings = {
        "MX_SOURCE": sshd_server.address,
        "MX_SFTP_PASSWORD": sshd_server.password,
        "MX_SFTP_KNOWN_HOSTS": str(sshd_server.known_hosts),
        "MX_DATA": str(tmp_path / "data"),
    }
    fetch = [sys.executable, "-m", "bench.fetch_once"]

    done = subprocess.run(fetch, env=os.environ | settings, check=True, capture_output=True)

    [archived] = (tmp_path / "data" / "archive").rglob(path.name)
    path.unlink()
    assert archived.stat().st_size == 2 * MOST_BYTES
    assert int(done.stdout.split()[0]) < MOST_BYTES
