"""A folder and an SFTP server list and read files in the same way."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ingest.errors import SettingsError, SourceError
from ingest.receive.sources import Source, open_source
from tests.support.sshd import Sshd

NO_HOSTS = Path("/nonexistent/known_hosts")
CONTENT = os.urandom(100_000)


@pytest.fixture(params=["local", "sshd_server"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder that the source lists."""
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
            yield stack.enter_context(open_source(str(folder), known_hosts=NO_HOSTS))
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


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://host/x", "found the scheme ftp"),
        ("sftp://host:99999/x", "a port between 1 and 65535"),
        ("sftp://host/x", "expected sftp://user@host:port/folder"),
        ("sftp://user:secret@host/x", "the password in MX_SFTP_PASSWORD"),
    ],
)
def test_a_malformed_address_is_refused_without_its_secrets(address: str, said: str) -> None:
    with (
        pytest.raises(SettingsError, match=said) as refused,
        open_source(address, password="p", known_hosts=NO_HOSTS),
    ):
        pass
    assert "secret" not in str(refused.value)
