"""A ledger of three months with its index, and `ingest status` as a program."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from ingest.store.index.tables import database
from ingest.store.index.tables.database import NAME
from tests.store.test_lines import DAY, LANDED, NEWER, line

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


def edit(folder: Path, name: str = MIDDLE, *, keeps_times: bool = False) -> None:
    path = folder / name
    times = path.stat()
    lines = path.read_bytes().splitlines(keepends=True)
    lines[5] = lines[5].replace(b'"record_count": 1', b'"record_count": 7')
    path.write_bytes(b"".join(lines))
    assert path.stat().st_size == times.st_size
    if keeps_times:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def append_to_newest(folder: Path, *, cut_off: int = 0) -> None:
    """Append two records, and leave out the last bytes."""
    path = folder / NEWER
    path.write_bytes(path.read_bytes() + both(30)[: -cut_off or None])
