"""One run at a time in one data folder."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ingest.errors import LockError
from ingest.store.durable import FILE_MODE, make_folder

RESTORING: Final = ".restoring"
"""A file in the data folder until a restore of it has ended."""


@contextmanager
def run_lock(data: Path, *, run_id: str, restores: bool = False) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it however the run ends.

    Args:
        restores: the holder fills an empty data folder, or continues to.

    Raises:
        LockError: another run holds it, or a restore of it has not ended.
    """
    path = make_folder(data) / ".lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "r+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockError(
                f"data folder {data}: expected to be alone, found {_owner(stream.read())}; "
                "wait for it to end"
            ) from error
        if (data / RESTORING).exists() and not restores:
            raise LockError(
                f"data folder {data}: expected all of it, found a restore that has not ended; "
                "end it with: ingest mirror --restore"
            )
        stream.truncate(0)
        json.dump({"pid": os.getpid(), "run_id": run_id, "since": _now().isoformat()}, stream)
        stream.flush()
        yield
        stream.seek(0)
        stream.truncate(0)


def _owner(content: str) -> str:
    try:
        owner = json.loads(content)
        age = _now() - datetime.fromisoformat(owner["since"])
    except (ValueError, KeyError):
        return "another run"
    return f"run {owner['run_id']} (process {owner['pid']}) at work for {age.total_seconds():.0f} s"


def _now() -> datetime:
    return datetime.now(tz=UTC)
