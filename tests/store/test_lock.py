"""One run at a time; a lock that nobody holds any more is no lock."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import LockError
from ingest.store.lock import run_lock

HOLD = """
import sys, time
from pathlib import Path
from ingest.store.lock import run_lock
with run_lock(Path(sys.argv[1]), run_id="first"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_told_who_is_at_work(tmp_path: Path) -> None:
    with (
        run_lock(tmp_path, run_id="first"),
        pytest.raises(LockError, match=r"found run first \(process \d+\) at work for \d+ s"),
        run_lock(tmp_path, run_id="second"),
    ):
        pass


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        first.kill()

    with run_lock(tmp_path, run_id="second"):
        assert "second" in (tmp_path / ".lock").read_text()
