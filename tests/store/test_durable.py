"""A write ends with a complete file or with none, which only its owner may read."""

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.store.durable import (
    append_durably,
    cut_durably,
    link_or_copy,
    make_folder,
    move_all_synced,
    put_in_place,
    remove_synced,
    scratch_folder,
    write_in_place,
)


@contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """Let no file grow beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_line_is_appended_completely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    append_durably(path, b"first\n")

    with largest_file(9), pytest.raises(OSError, match="No space left on device"):
        append_durably(path, b"second\n")

    assert (path.read_bytes(), mode(path)) == (b"first\n", 0o600)


def test_a_file_is_cut(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_bytes(b"first\nsec")

    cut_durably(tmp_path / "ledger", size_bytes=6)

    assert (tmp_path / "ledger").read_bytes() == b"first\n"


def test_a_small_file_is_replaced_or_stays_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "small"
    write_in_place(path, b"old")

    with largest_file(3), pytest.raises(OSError, match="File too large"):
        write_in_place(path, b"newer")

    assert [each.read_bytes() for each in path.parent.iterdir()] == [b"old"]
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_files_move_to_folders_that_are_made_for_them(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(name)

    move_all_synced((tmp_path / name, tmp_path / "x" / name / "file") for name in "ab")

    moved = [tmp_path / "x" / name / "file" for name in "ab"]
    assert [path.read_text() for path in moved] == ["a", "b"]
    assert {mode(path) for path in moved} == {0o600}
    assert {mode(path.parent) for path in moved} == {0o700}


def test_a_finished_file_replaces_what_readers_see(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("new")
    (tmp_path / "target").write_text("old")

    put_in_place(tmp_path / "new", tmp_path / "target")

    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


def test_a_second_name_outlives_the_first_and_replaces_none(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "folder" / "target"
    source.write_text("first")
    link_or_copy(source, target)
    source.unlink()
    source.write_text("second")

    link_or_copy(source, target)

    assert target.read_text() == "first"


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for _ in range(2):
        remove_synced(tmp_path / "file")

    assert not (tmp_path / "file").exists()


def test_a_scratch_folder_is_empty_at_first_and_gone_at_the_end(tmp_path: Path) -> None:
    make_folder(tmp_path / ".tmp" / "left by a killed run")

    with scratch_folder(tmp_path) as scratch:
        assert (list(scratch.iterdir()), mode(scratch)) == ([], 0o700)
        (scratch / "file").touch()

    assert not scratch.exists()
