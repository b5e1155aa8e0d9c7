"""The memory and processor time of all processes of a program together, from outside."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.measure_program import Cost, run_measured

EVERY_S: Final = 0.05
NEW_HEIGHT: Final = 1.01
_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_GONE: Final = (FileNotFoundError, ProcessLookupError)


@dataclass(frozen=True, slots=True)
class Watched:
    """The cost of one run of a program, with the memory and processor time of all its processes."""

    cost: Cost
    peak_bytes: int
    """Of all processes at one moment."""
    processor_seconds: float
    """Of all processes, as last seen; `cost` lacks those that nobody waited for: Spark's Java."""


def run_watched(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Watched:
    """Run a program to its end, and look at the memory of its processes 20 times a second.

    The processes are the program and all that it starts, to any depth. gpg-agent is left out, as
    it serves all sides alike. Each look sums up their resident sets (/proc/PID/statm). A sum that
    is a hundredth above the largest so far leads to a second one, of their proportional sets (Pss
    of /proc/PID/smaps_rollup). There a page that n processes share counts as an nth in each, so
    the sum is the memory of the machine that the program takes. The largest such sum is kept. A
    peak between two looks is missed. The largest single process is the kernel's own exact count.

    Raises:
        CalledProcessError: it did not end with 0.
    """
    with _watching() as seen:
        cost = run_measured(command, environment=environment)
    return Watched(cost, seen.proportional, sum(seen.busy.values()))


@dataclass(slots=True)
class _Seen:
    """The largest sums that were seen, and how long each process was busy."""

    resident: float = 0
    proportional: int = 0
    busy: dict[int, float] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.over.wait(EVERY_S):
            processes = _program(os.getpid())
            self.busy |= {each: max(_busy(each), self.busy.get(each, 0)) for each in processes}
            resident = sum(map(_resident, processes))
            if resident > self.resident * NEW_HEIGHT:
                self.resident = resident
                self.proportional = max(self.proportional, sum(map(_proportional, processes)))


@contextmanager
def _watching() -> Iterator[_Seen]:
    seen = _Seen()
    watcher = threading.Thread(target=seen.watch)
    watcher.start()
    try:
        yield seen
    finally:
        seen.over.set()
        watcher.join()


def _program(process_id: int) -> list[int]:
    """List the processes below the small parents that `run_measured` starts a program with."""
    found = [each for parent in _children(process_id) for each in _children(parent)]
    for each in found:
        found += _children(each)
    return found


def _children(process_id: int) -> list[int]:
    children: list[int] = []
    try:
        for task in Path(f"/proc/{process_id}/task").iterdir():
            children += map(int, (task / "children").read_text().split())
    except _GONE:
        pass
    return children


def _resident(process_id: int) -> int:
    try:
        return int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * _PAGE_BYTES
    except _GONE:
        return 0


def _busy(process_id: int) -> float:
    """Say how many seconds a process was busy, in its own code and in the kernel's."""
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text()
    except _GONE:
        return 0
    own, kernel = stat.rpartition(")")[2].split()[11:13]
    return (int(own) + int(kernel)) / _TICKS_A_SECOND


def _proportional(process_id: int) -> int:
    try:
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()
    except _GONE:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
