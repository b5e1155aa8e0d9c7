"""The converting process starts without numpy, and pyarrow works all the same."""

import subprocess
import sys
from pathlib import Path

ROUND_TRIP = """
import sys
import ingest.landing.convert.process
assert "pyarrow.parquet" in sys.modules
assert "numpy" not in sys.modules
import pyarrow as pa, pyarrow.parquet as pq
table = pa.table({"a": pa.array([1, None], pa.int64()), "b": ["x", "y"], "c": [[1.5], None]})
pq.write_table(table, sys.argv[1], compression="zstd")
assert pq.read_table(sys.argv[1]).equals(table)
import numpy
assert numpy.arange(3).sum() == 3
"""


def test_pyarrow_writes_and_numpy_can_be_imported_later(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ROUND_TRIP, str(tmp_path / "rows.parquet")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
