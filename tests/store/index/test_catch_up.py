"""Whoever opens an index finds what the record says, however the index is."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ingest.store.facts import What
from ingest.store.index.catch_up import open_state
from ingest.store.index.lists import all_files
from ingest.store.index.tables.database import NAME
from ingest.store.ledger import open_ledger
from tests.store.index.ledgers import (
    UNUSABLE,
    append_to_newest,
    from_record_alone,
    index_of,
    start,
    status,
    wait,
)
from tests.store.index.plain import assert_index_is_right


@pytest.mark.parametrize("fault", UNUSABLE)
def test_an_index_that_cannot_be_used_is_made_anew(data: Path, fault: str) -> None:
    UNUSABLE[fault](index_of(data))

    found = status(data)

    assert (found.stdout, found.stderr) == (from_record_alone(data), "")
    assert_index_is_right(data / "ledger")


def test_a_folder_in_its_place_is_named(data: Path) -> None:
    index_of(data).unlink()
    index_of(data).mkdir()

    found = status(data)

    said = f"{index_of(data)}: expected a file or nothing, found a folder; remove it"
    assert (found.returncode, found.stdout) == (1, "")
    assert [json.loads(each)["message"] for each in found.stderr.splitlines()] == [
        f"ingest: {said}"
    ]


def test_readers_that_come_at_once_to_an_absent_or_damaged_index_all_work(data: Path) -> None:
    expected = from_record_alone(data)
    for fault in ("deleted", "random bytes", "another version"):
        UNUSABLE[fault](index_of(data))
        running = [start(data) for _ in range(4)]

        assert [(each.stdout, each.stderr) for each in map(wait, running)] == [(expected, "")] * 4

        assert_index_is_right(data / "ledger")


def test_many_readers_make_an_index_at_once(data: Path) -> None:
    def read(_: int) -> int:
        with open_state(data / "ledger") as state:
            return len(list(all_files(state)))

    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            index_of(data).unlink()
            assert set(threads.map(read, range(16))) == {24}


def test_a_torn_line_that_a_reader_saw_is_dropped_by_a_run_and_the_index_goes_on(
    data: Path,
) -> None:
    append_to_newest(data / "ledger", cut_off=40)
    status(data)

    with open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.append(What.RUN, None, seconds=1.0)
        found = status(data)

    assert (found.stdout, found.stderr) == (from_record_alone(data), "")
    assert_index_is_right(data / "ledger")


READ = """
import os, pathlib, sys
from ingest.store.index.catch_up import open_state
from ingest.store.index.lists import all_files
os.geteuid() or os.seteuid(65534)
with open_state(pathlib.Path(sys.argv[1])) as state:
    print(len(list(all_files(state))))
"""


@pytest.fixture
def public(data: Path) -> Iterator[Path]:
    """A copy of the ledger where everybody may read, and of whose folders pytest knows nothing."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        ledger = shutil.copytree(data / "ledger", Path(folder, "ledger"))
        with open_state(ledger):
            pass
        for path in (ledger, *ledger.iterdir()):
            path.chmod(0o755)
        yield ledger
        ledger.chmod(0o755)


def _withhold_record(folder: Path) -> None:
    for path in folder.glob("*.jsonl"):
        path.chmod(0)


READABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "of today": (_withhold_record, "24\n"),
    "of yesterday": (append_to_newest, "25\n"),
    "none": (lambda folder: (folder / NAME).unlink(), "24\n"),
    "damaged": (lambda folder: UNUSABLE["random bytes"](folder / NAME), "24\n"),
    "secret": (lambda folder: (folder / NAME).chmod(0), "24\n"),
}
"""What becomes of the index, and how many files a reader finds by it."""


@pytest.mark.parametrize("index", READABLE)
def test_a_reader_who_may_not_write_the_folder_leaves_it_as_it_is(public: Path, index: str) -> None:
    change, expected = READABLE[index]
    change(public)
    public.chmod(0o555)
    before = {path.name: path.stat() for path in public.iterdir()}

    done = subprocess.run(
        [sys.executable, "-c", READ, str(public)], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == (expected, "")
    after = {path.name: path.stat() for path in public.iterdir()}
    assert after.keys() == before.keys()
    assert all(after[name].st_mtime_ns == before[name].st_mtime_ns for name in before)
