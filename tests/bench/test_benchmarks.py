"""Each benchmark runs at its smallest size, so that none can rot; no time is checked."""

import subprocess
import sys
from pathlib import Path

from tests.support.sshd import Sshd

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


def test_fetch_measures_both_sides(sshd_server: Sshd) -> None:
    head, _, large, *small = run_bench("fetch", "--megabytes", "1", "--days", "1", "--runs", "1")

    assert large[head.index("MB")] == "1.0"
    for cells in (large, *small):
        assert float(cells[head.index("ours / sftp")]) > 0
        assert float(cells[head.index("peak of ours, MB")]) > 0


def test_apply_measures_all_sides() -> None:
    head, _, *sides = run_bench("apply", "--keys", "1000", "--transactions", "40", "--runs", "1")

    named = [side[head.index("side")].split()[0].strip(",") for side in sides]
    assert named == ["this", "rebuild", "dlt", "deltalake"]
    assert all(float(side[head.index("program, s")]) > 0 for side in sides)


def test_soak_finds_that_a_day_makes_the_same_tables() -> None:
    size = ("--keys", "1000", "--transactions", "40", "--days", "1", "--times", "2")

    assert run_bench("soak", *size) == []


def test_land_measures_large_and_small_files_and_memory() -> None:
    sizes = ("--rows", "2000", "--days", "1", "--gigabytes", "0.001", "--runs", "1")

    tables = run_bench("land", *sizes)

    large = ("project", "fastavro", "DuckDB", "polars", "dlt", "limit", "start")
    small, memory = ("project", "MX_GPG_ONLY", "gpg -d"), ("project", "DuckDB", "polars")
    measured = [row for row in tables if row[0] not in ("side", "---")]
    assert all(
        name in row[0] for name, row in zip((*large, *small, *memory), measured, strict=True)
    )
    assert all(float(row[1].replace(",", "")) > 0 for row in measured)
