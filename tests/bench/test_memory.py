"""The memory of a program is that of all its processes together."""

import sys

from bench.memory import run_watched


def test_processes_that_hold_memory_at_once_add_up() -> None:
    child = "import time; held = b'x' * 80_000_000; time.sleep(1)"
    parent = (
        "import subprocess, sys; held = b'x' * 80_000_000; "
        "subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    )

    watched = run_watched([sys.executable, "-c", parent, child])

    assert 160e6 < watched.peak_bytes < 230e6
    assert 80e6 < watched.cost.peak_bytes < 130e6
