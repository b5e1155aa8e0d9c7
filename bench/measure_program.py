"""Run a program and say what it cost, from outside."""

import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from typing import Final

_SMALL_PARENT: Final = """
import os, sys
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as peak:
    peak.write(f"{usage.ru_maxrss} {usage.ru_utime + usage.ru_stime}")
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"""
"""Linux counts what a parent held when it started a program as the program's own peak."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one run of a program."""

    seconds: float
    """Wall time."""
    peak_bytes: int
    """Largest resident size of any one of its processes."""
    processor_seconds: float
    """What all its processes were busy, together."""


def run_measured(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a program to its end.

    Raises:
        CalledProcessError: it did not end with 0.
    """
    with NamedTemporaryFile("r", prefix="mx-bench-peak-") as peak:
        parent = [sys.executable, "-ISc", _SMALL_PARENT, peak.name]
        began = time.monotonic()
        done = subprocess.run(
            [*parent, *command],
            env=None if environment is None else os.environ | dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - began
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, output=done.stdout)
        peak_kib, processor_seconds = peak.read().split()
        return Cost(seconds, int(peak_kib) << 10, float(processor_seconds))


def count_opened(
    command: Sequence[str], *, data: Path, environment: Mapping[str, str], scratch: Path
) -> int:
    """Run a program under strace and count the files it opens in a data folder, except dbt's."""
    trace = scratch / "opened"
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-z", "-e", "trace=open,openat"]
    run_measured([*strace, "-o", str(trace), *command], environment=environment)
    pattern = re.compile(f'"{re.escape(str(data))}/(?!dbt/)')
    with trace.open() as lines:
        count = sum(1 for line in lines if pattern.search(line) and "O_DIRECTORY" not in line)
    trace.unlink()
    return count


def median_cost(costs: Sequence[Cost]) -> Cost:
    return Cost(
        median(cost.seconds for cost in costs),
        max(cost.peak_bytes for cost in costs),
        median(cost.processor_seconds for cost in costs),
    )


def machine() -> str:
    """Describe this machine in one line."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} x {model}, {memory:.0f} GiB, {system}, {python}"
