"""Libraries come without what they need not, and do what is asked of them all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

ROUND_TRIP = """
from ingest.lean import import_arrow
import_arrow()
import sys
import pyarrow as pa, pyarrow.parquet as pq
assert "numpy" not in sys.modules
table = pa.table({"a": pa.array([1, None], pa.int64()), "b": ["x", "y"], "c": [[1.5], None]})
pq.write_table(table, sys.argv[1], compression="zstd")
assert pq.read_table(sys.argv[1]).equals(table)
import numpy
assert numpy.arange(3).sum() == 3
"""
CLIENT = """
from ingest.lean import import_paramiko
import_paramiko()
import sys
import paramiko
assert "invoke" not in sys.modules
assert paramiko.SSHClient().get_transport() is None
"""
KEPT = """
import gc
from ingest.lean import keeping_imports
with keeping_imports():
    import json
assert gc.isenabled()
assert not any(each is json for each in gc.get_objects())
cycle = []
cycle.append(cycle)
del cycle
assert gc.collect() > 0
"""


@pytest.mark.parametrize("program", [ROUND_TRIP, CLIENT, KEPT], ids=["pyarrow", "paramiko", "kept"])
def test_libraries_and_the_collector_work_as_before(program: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program, f"{tmp_path}/rows.parquet"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
