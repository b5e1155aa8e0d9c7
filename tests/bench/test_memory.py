"""The memory of a program is that of all its processes together."""

import sys

from bench.measure_processes import run_watched


def test_processes_that_hold_memory_at_once_add_up() -> None:
    child = "import time; held = b'x' * 80_000_000; time.sleep(1)"
    parent = (
        "import subprocess, sys; held = b'x' * 80_000_000; "
        "subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    )

    watched = run_watched([sys.executable, "-c", parent, child])

    assert 160e6 < watched.peak_bytes < 230e6
    assert 80e6 < watched.cost.peak_bytes < 130e6


def test_a_process_that_nobody_waits_for_was_busy_all_the_same() -> None:
    child = "import time\nwhile time.process_time() < 2: pass\nprint(flush=True); time.sleep(60)"
    parent = (
        "import os, subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=subprocess.PIPE); "
        "child.stdout.readline(); time.sleep(0.5); child.kill(); os._exit(0)"
    )

    watched = run_watched([sys.executable, "-c", parent, child])

    assert watched.processor_seconds - watched.cost.processor_seconds > 1
