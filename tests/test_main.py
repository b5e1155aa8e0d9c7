"""The command starts with the garbage collector paused, and runs with it."""

import subprocess
import sys

PROGRAM = """
import gc
from ingest.__main__ import keeping_imports
with keeping_imports():
    import colorsys
assert gc.isenabled()
assert not any(each is colorsys for each in gc.get_objects())
cycle = []
cycle.append(cycle)
del cycle
assert gc.collect() > 0
"""


def test_the_collector_ignores_modules_and_works_afterwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
