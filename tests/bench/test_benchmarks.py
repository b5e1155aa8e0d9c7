"""Each benchmark runs at its smallest size, so that none can rot; no time is judged."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run_bench(*args: str) -> list[list[str]]:
    """Run a benchmark and return the cells of its table, the head first."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", *args],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_a_day_opens_as_many_files_whatever_came_before_it() -> None:
    head, _, few, more = run_bench(
        "history", "--days", "2", "--days", "8", "--transactions", "40", "--runs", "1"
    )

    opened = head.index("files opened")
    assert (few[0], more[0]) == ("2", "8")
    assert few[opened] == more[opened]
