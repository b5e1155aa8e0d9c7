"""The SFTP server shows one folder, and no path leads out of it."""

from pathlib import Path

import pytest

from sample.serve.sftp_server import ServedAt
from tests.sample.serve.sftp_client import connected


def test_files_are_written_listed_renamed_and_read(sftp_server: ServedAt, folder: Path) -> None:
    content = bytes(range(256)) * 1000
    with connected(sftp_server) as client:
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


def test_a_rename_replaces_only_when_asked_to(sftp_server: ServedAt, folder: Path) -> None:
    (folder / "old").write_text("old")
    (folder / "new").write_text("new")
    with connected(sftp_server) as client:
        with pytest.raises(OSError, match="Failure"):
            client.rename("/new", "/old")
        client.posix_rename("/new", "/old")
    assert (folder / "old").read_text() == "new"


@pytest.mark.parametrize("path", ["/../secret", "../../secret", "/inner/../../secret"])
def test_dots_end_at_the_folder(sftp_server: ServedAt, folder: Path, path: str) -> None:
    with connected(sftp_server) as client:
        with pytest.raises(FileNotFoundError):
            client.open(path, "rb")
        client.open(path, "wb").close()
    assert (folder / "secret").exists()
    assert (folder.parent / "secret").read_text() == "not yours"


@pytest.mark.parametrize("path", ["/link", "/inner/link/secret"])
def test_no_link_leads_out_of_the_folder(sftp_server: ServedAt, folder: Path, path: str) -> None:
    (folder / "link").symlink_to(folder.parent / "secret")
    (folder / "inner").mkdir()
    (folder / "inner" / "link").symlink_to(folder.parent)
    with connected(sftp_server) as client:
        with pytest.raises(PermissionError):
            client.open(path, "rb")
        with pytest.raises(PermissionError):
            client.open(path, "wb")
        with pytest.raises(PermissionError):
            client.remove(path)
    assert (folder.parent / "secret").read_text() == "not yours"
