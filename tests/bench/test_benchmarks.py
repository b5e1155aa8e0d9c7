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


def test_history_measures_a_day() -> None:
    head, _, day = run_bench("history", "--days", "2", "--transactions", "40", "--runs", "1")

    assert day[head.index("days before")] == "2"
    assert int(day[head.index("files opened")]) > 0


def test_apply_measures_all_sides() -> None:
    head, _, *sides = run_bench("apply", "--keys", "1000", "--transactions", "40", "--runs", "1")

    named = [side[head.index("side")].split()[0].strip(",") for side in sides]
    assert named == ["this", "rebuild", "dlt", "deltalake"]
    assert all(float(side[head.index("program, s")]) > 0 for side in sides)


def test_land_measures_a_large_file_on_all_sides() -> None:
    _, _, *sides = run_bench("land", "large", "--rows", "2000", "--runs", "1")

    named = ("this project", "pyarrow", "DuckDB", "polars", "dlt", "limit", "start")
    assert all(name in side[0] for name, side in zip(named, sides, strict=True))


def test_land_measures_small_files_and_memory() -> None:
    sizes = ("--days", "1", "--gigabytes", "0.001", "--runs", "1")

    tables = run_bench("land", "small", "memory", *sizes)

    small, memory = [row for row in tables if row[0] == "this project"]
    assert float(small[1]) > 0
    assert int(memory[-1]) > 0
