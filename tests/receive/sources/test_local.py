"""A local folder as a source."""

import os
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.receive.sources import open_source
from ingest.receive.sources.local import FolderTree, LocalFolder


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        open_source(str(tmp_path / "none")) as source,
        pytest.raises(SourceError, match="none: expected a folder to list"),
    ):
        source.list_files()


def test_the_folders_beside_an_absent_one_are_named(tmp_path: Path) -> None:
    for name in ("upload", "archive"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(SourceError, match=f"; in {tmp_path} there is: archive, upload$"):
        LocalFolder(tmp_path / "uplaod").list_files()


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "link").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    source = LocalFolder(tmp_path)

    assert [listed.name for listed in source.list_files()] == ["a"]
    for name, found in (("link", "expected to open it"), ("pipe", "expected a regular file")):
        with pytest.raises(SourceError, match=found), source.open_file(name, offset=0):
            pass


def test_a_tree_lists_files_by_their_paths_and_follows_no_links(tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    (folder / "below").mkdir(parents=True)
    (folder / "a").write_bytes(b"1")
    (folder / "below" / "b").write_bytes(b"22")
    (folder / "out").symlink_to(tmp_path)
    tree = FolderTree(folder)

    assert {(each.name, each.size_bytes) for each in tree.list_files()} == {
        ("a", 1),
        ("below/b", 2),
    }
    with tree.open_file("below/b", offset=1) as stream:
        assert stream.read() == b"2"


def test_a_tree_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none: expected a folder to list"):
        FolderTree(tmp_path / "none").list_files()
