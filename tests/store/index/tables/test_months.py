"""A record that was changed behind the index is read again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.index.ledgers import (
    MIDDLE,
    MONTHS,
    append_to_newest,
    both,
    edit,
    from_record_alone,
    status,
)
from tests.store.index.plain import assert_index_is_right
from tests.store.test_lines import NEWER


def _shorten(folder: Path) -> None:
    lines = (folder / NEWER).read_bytes().splitlines(keepends=True)
    (folder / NEWER).write_bytes(b"".join(lines[:5]))


def _put_another_in_place(folder: Path) -> None:
    """Replace a month by a file of the same size and time."""
    shutil.copy2(folder / MIDDLE, folder / "other")
    edit(folder, "other", keeps_times=True)
    (folder / "other").replace(folder / MIDDLE)


def _lengthen_a_line(folder: Path) -> None:
    path = folder / NEWER
    lines = path.read_bytes().splitlines(keepends=True)
    lines[5] = lines[5].replace(b'"record_count": 1', b'"record_count": 77')
    path.write_bytes(b"".join(lines))


def _append_to_old(folder: Path, name: str = MIDDLE) -> None:
    """Record another result of a file of which a younger month has one, too."""
    with (folder / name).open("ab") as month:
        month.write(both(17, record_count=9))


def _move(folder: Path) -> None:
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    for name in MONTHS:
        shutil.copy2(copy / name, folder / f"{name}.new")
        (folder / f"{name}.new").replace(folder / name)


CHANGES: dict[str, Callable[[Path], object]] = {
    "records after the index": append_to_newest,
    "a month after the index": lambda folder: (folder / "2026-03.jsonl").write_bytes(both(31)),
    "shorter": _shorten,
    "a line of an old month": edit,
    "a line of the newest month": lambda folder: edit(folder, NEWER),
    "a longer line of the newest month": _lengthen_a_line,
    "a month removed": lambda folder: (folder / MIDDLE).unlink(),
    "the newest month removed": lambda folder: (folder / NEWER).unlink(),
    "all months removed": lambda folder: list(map(Path.unlink, folder.glob("*.jsonl"))),
    "records after the old ones of a month": _append_to_old,
    "a month before the newest": lambda folder: _append_to_old(folder, "2025-12.jsonl"),
    "moved to another disk": _move,
    "an old month replaced": _put_another_in_place,
    "a last line without its end": lambda folder: append_to_newest(folder, cut_off=1),
    "a torn last line": lambda folder: append_to_newest(folder, cut_off=40),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_record_that_is_not_the_one_that_was_read_is_read_again(data: Path, change: str) -> None:
    CHANGES[change](data / "ledger")

    found = status(data)

    assert (found.stdout, found.stderr) == (from_record_alone(data), "")
    assert_index_is_right(data / "ledger")
