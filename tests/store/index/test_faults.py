"""Whatever happens to the index, commands say the same as without it, or one line."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import LedgerError
from ingest.store.index.catch_up import open_state
from ingest.store.index.check import check_index
from ingest.store.index.lists.files import all_files
from ingest.store.index.tables import database
from ingest.store.index.tables.database import NAME
from ingest.store.ledger import open_ledger
from ingest.store.lock import run_lock
from ingest.store.record.facts import What
from tests.store.index.test_ways import assert_index_is_right
from tests.store.record.test_lines import AT, DAY, LANDED, NEWER, RUN, line

MIDDLE = "2026-01.jsonl"
MONTHS = ("2025-10.jsonl", MIDDLE, NEWER)
Done = subprocess.CompletedProcess[str]


def landed(day: int, *, resource: str = "users", record_count: int = 1) -> dict[str, Any]:
    snapshot_date = f"2026-01-{day:02}"
    stem = f"{DAY['client_guid']}.{snapshot_date}.{resource}.created"
    names = {"file": stem, "name": f"{stem}.pgp", "resource": resource}
    return LANDED | names | {"snapshot_date": snapshot_date, "record_count": record_count}


def both(day: int, **facts: Any) -> bytes:
    """Write the records of a file that came and landed."""
    record = landed(day, **facts)
    return line(record | {"what": "archived"}) + line(record)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three months of records, and their index."""
    folder = tmp_path / "data" / "ledger"
    folder.mkdir(parents=True)
    for number, name in enumerate(MONTHS):
        days = range(8 * number + 1, 8 * number + 9)
        (folder / name).write_bytes(b"".join(map(both, days)) + line(RUN))
    with open_state(folder):
        pass
    return tmp_path / "data"


def start(data: Path, *command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "ingest", *(command or ("status", "--json"))],
        env=os.environ | {"MX_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait(process: "subprocess.Popen[str]") -> Done:
    out, err = process.communicate(timeout=120)
    return Done(process.args, process.returncode, out, err)


def status(data: Path) -> Done:
    return wait(start(data))


def from_record_alone(data: Path) -> str:
    """Give what `ingest status` says of a copy that never had an index."""
    copy = data.parent / "without index"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(data / "ledger", copy / "ledger", ignore=shutil.ignore_patterns(f"{NAME}*"))
    return status(copy).stdout


def index_of(data: Path) -> Path:
    return data / "ledger" / NAME


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def another_program(path: Path, *, version: int = 0) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table meta (something)")
        other.execute(f"pragma user_version = {version}")


def of_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"pragma user_version = {database.VERSION + 1}")


UNUSABLE: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "random bytes": lambda path: path.write_bytes(os.urandom(10_000)),
    "random bytes after the header": lambda path: path.write_bytes(
        path.read_bytes()[:100] + os.urandom(50_000)
    ),
    "cut in half": cut,
    "empty": lambda path: path.write_bytes(b""),
    "another program's": another_program,
    "another program's of our version": lambda path: another_program(path, version=1),
    "another version": of_version,
    "nobody may read it": lambda path: path.chmod(0),
}


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


def _append_to_newest(folder: Path) -> None:
    path = folder / NEWER
    path.write_bytes(path.read_bytes() + both(30))


def _shorten(folder: Path) -> None:
    lines = (folder / NEWER).read_bytes().splitlines(keepends=True)
    (folder / NEWER).write_bytes(b"".join(lines[:5]))


def _edit(folder: Path, name: str = MIDDLE, *, keeps_times: bool = False) -> None:
    path = folder / name
    times = path.stat()
    lines = path.read_bytes().splitlines(keepends=True)
    lines[5] = lines[5].replace(b'"record_count": 1', b'"record_count": 7')
    path.write_bytes(b"".join(lines))
    assert path.stat().st_size == times.st_size
    if keeps_times:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _put_another_in_place(folder: Path) -> None:
    """Replace a month by a file of the same size and time."""
    shutil.copy2(folder / MIDDLE, folder / "other")
    _edit(folder, "other", keeps_times=True)
    (folder / "other").replace(folder / MIDDLE)


def _lengthen_a_line(folder: Path) -> None:
    path = folder / NEWER
    path.write_bytes(path.read_bytes().replace(b'"record_count": 1', b'"record_count": 77', 1))


def _move(folder: Path) -> None:
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    for name in MONTHS:
        shutil.copy2(copy / name, folder / f"{name}.new")
        (folder / f"{name}.new").replace(folder / name)


CHANGES: dict[str, Callable[[Path], object]] = {
    "records after the index": _append_to_newest,
    "a month after the index": lambda folder: (folder / "2026-03.jsonl").write_bytes(both(31)),
    "shorter": _shorten,
    "a line of an old month": _edit,
    "a line of the newest month": lambda folder: _edit(folder, NEWER),
    "a longer line of the newest month": _lengthen_a_line,
    "a month removed": lambda folder: (folder / MIDDLE).unlink(),
    "the newest month removed": lambda folder: (folder / NEWER).unlink(),
    "all months removed": lambda folder: list(map(Path.unlink, folder.glob("*.jsonl"))),
    "a month before the newest": lambda folder: (folder / "2025-12.jsonl").write_bytes(both(31)),
    "moved to another disk": _move,
    "an old month replaced": _put_another_in_place,
    "a last line without its end": lambda folder: (folder / NEWER).write_bytes(
        (folder / NEWER).read_bytes() + both(31)[:-1]
    ),
    "a torn last line": lambda folder: (folder / NEWER).write_bytes(
        (folder / NEWER).read_bytes() + both(31)[:-40]
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_record_that_is_not_the_one_that_was_read_is_read_again(data: Path, change: str) -> None:
    CHANGES[change](data / "ledger")

    found = status(data)

    assert (found.stdout, found.stderr) == (from_record_alone(data), "")
    assert_index_is_right(data / "ledger")


def test_verify_finds_a_changed_line_that_kept_size_and_time(data: Path) -> None:
    assert check_index(data / "ledger") is None
    _edit(data / "ledger", keeps_times=True)

    found = wait(start(data, "verify"))

    assert found.returncode == 1
    assert (
        f"ledger/{NAME}: expected what was recorded, found other files than the record says, "
        in (found.stdout)
    )
    assert "2026-01-11 users" in found.stdout
    assert "it was removed, and the next command makes it anew" in found.stdout
    assert_index_is_right(data / "ledger")


@pytest.mark.parametrize(
    "change",
    [
        "update files set is_due = 1 - is_due where day % 7 = 0",
        "update files set settled = 2 where day % 7 = 0",
        "delete from versions where cast(key as text) like '%users%'",
        "delete from landed_days where day % 7 = 0",
        "update volumes set row_count = 5 where day % 7 = 0",
        "update clients set landed = 5",
        "update days set landed = 5 where day % 7 = 0",
        "update meta set value = '[]' where name = 'runs'",
    ],
)
def test_verify_finds_whatever_else_an_index_says(data: Path, change: str) -> None:
    with closing(sqlite3.connect(index_of(data))) as index, index:
        assert index.execute(change).rowcount > 0

    assert "than the record says, first " in (check_index(data / "ledger") or "")

    assert not index_of(data).exists()


@pytest.mark.parametrize("damage", [b"\xff", b"\0", b"x"], ids=["high", "zeros", "letters"])
def test_damage_that_is_met_late_is_one_line_and_the_next_command_works(
    data: Path, damage: bytes
) -> None:
    """Each page in turn gets bytes that nobody wrote."""
    folder, good = data / "ledger", index_of(data).read_bytes()
    met, damage = 0, damage * 50
    for start_byte in range(300, len(good), 1024):
        index_of(data).write_bytes(good[:start_byte] + damage + good[start_byte + len(damage) :])
        try:
            with open_state(folder) as state:
                list(all_files(state))
        except LedgerError as error:
            met += 1
            assert str(error).startswith(f"{index_of(data)}: expected to read and write it, found ")
            assert str(error).endswith("; it was removed: run again, and it is made anew")
            assert not index_of(data).exists()
        with open_state(folder) as state:
            list(all_files(state))
    assert met


def test_damage_that_is_met_late_by_a_program_is_one_line(data: Path) -> None:
    with closing(sqlite3.connect(index_of(data))) as index, index:
        index.execute("update files set facts = '{' , settled = 0")

    found, again = status(data), status(data)

    [said] = found.stderr.splitlines()
    assert found.returncode == 1
    assert "found a row that cannot be read; it was removed: run again" in said
    assert (again.stdout, again.stderr) == (from_record_alone(data), "")


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
    CHANGES["a torn last line"](data / "ledger")
    status(data)

    with open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.append(What.RUN, None, seconds=1.0)
        found = status(data)

    assert (found.stdout, found.stderr) == (from_record_alone(data), "")
    assert_index_is_right(data / "ledger")


@pytest.mark.parametrize("meanwhile", ["nothing", "deleted", "random bytes", "a line changed"])
def test_a_reader_and_a_run_share_an_index(data: Path, meanwhile: str) -> None:
    """The run goes on with what lies at the path, whoever has made it."""
    with run_lock(data, run_id="r"), open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.append(What.GIVEN_UP, None, client_guid="CLT-1")
        if meanwhile == "a line changed":
            _edit(data / "ledger")
        elif meanwhile != "nothing":
            index_of(data).unlink()
            if meanwhile != "deleted":
                UNUSABLE["random bytes"](index_of(data))
        read = status(data)
        ledger.append(What.GIVEN_UP, None, client_guid="CLT-2")
        ledger.flush()
        assert ledger.state.meta.given_up == {"CLT-1", "CLT-2"}
        assert len(list(all_files(ledger.state))) == 24
        ledger.append(What.GIVEN_UP, None, client_guid="CLT-3")

    assert read.stderr == ""
    assert_index_is_right(data / "ledger")


@pytest.mark.parametrize("other_does", ["begin immediate", "begin; select * from meta"])
def test_a_flush_that_fails_loses_nothing_for_the_next(
    data: Path, monkeypatch: pytest.MonkeyPatch, other_does: str
) -> None:
    """Another process writes, or reads, for longer than a run waits."""
    monkeypatch.setattr(database, "WAIT_S", 0.1)
    new_client = DAY["client_guid"].replace("1", "2")
    with open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.append(What.GIVEN_UP, None, **DAY)
        ledger.append(What.GIVEN_UP, None, **DAY | {"client_guid": new_client})
        with closing(sqlite3.connect(index_of(data), isolation_level=None)) as other:
            for statement in other_does.split("; "):
                reading = other.execute(statement)
            with pytest.raises(LedgerError, match="database is locked; another command uses it"):
                ledger.flush()
            reading.close()
        ledger.append(What.RUN, None, seconds=1.0)
        ledger.flush()

    assert_index_is_right(data / "ledger")


def test_a_reader_who_waits_in_vain_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0.1)
    _append_to_newest(data / "ledger")
    with closing(sqlite3.connect(index_of(data))) as other:
        other.execute("begin immediate")
        with (
            pytest.raises(LedgerError, match="another command uses it: run again when that has"),
            open_state(data / "ledger"),
        ):
            pass

    assert_index_is_right(data / "ledger")


READ = """
import os, pathlib, sys
from ingest.store.index.catch_up import open_state
from ingest.store.index.lists.files import all_files
os.geteuid() or os.seteuid(65534)
with open_state(pathlib.Path(sys.argv[1])) as state:
    print(len(list(all_files(state))))
"""


@pytest.mark.parametrize("index", ["of today", "of yesterday", "none", "damaged", "secret"])
def test_a_reader_who_may_not_write_the_folder_leaves_it_as_it_is(data: Path, index: str) -> None:
    folder = data / "ledger"
    if index == "of yesterday":
        _append_to_newest(folder)
    elif index in ("none", "damaged"):
        UNUSABLE["deleted" if index == "none" else "random bytes"](index_of(data))
    for path in (*data.parents, data, folder, *folder.iterdir()):
        if path.is_relative_to(data.parents[2]):
            path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o555)
    if index == "secret":
        index_of(data).chmod(0o600)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder)], capture_output=True, text=True, check=False
    )

    folder.chmod(0o755)
    assert (done.stdout, done.stderr) == ("25\n" if index == "of yesterday" else "24\n", "")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_disk_that_takes_no_more_of_the_index_is_one_line_and_nothing_is_lost(
    data: Path,
) -> None:
    index_of(data).unlink()
    command = [sys.executable, "-m", "ingest", "status", "--json"]
    full = subprocess.run(
        ["prlimit", "--fsize=20000", *command],
        env=os.environ | {"MX_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )

    [said] = full.stderr.splitlines()
    assert full.returncode == 1
    assert f"{index_of(data)}: expected to read and write it, found " in said
    assert "make sure that its disk works and has space" in said
    assert status(data).stdout == from_record_alone(data)
    assert_index_is_right(data / "ledger")


def test_records_keep_their_order_where_the_clock_goes_back_over_a_month(data: Path) -> None:
    """A record in an older month would be read before those that were written before it."""
    with open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.state.last_recorded_at = "2099-02-01T00:00:00Z"
        ledger.append(What.GIVEN_UP, None, client_guid="CLT-1")

    assert sorted(path.name for path in (data / "ledger").glob("*.jsonl")) == [
        *MONTHS,
        "2099-02.jsonl",
    ]
    assert AT["recorded_at"] < "2099"
