"""Measure one typical day with few and with many days before it."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.measure_program import Cost, count_opened, median_cost, run_measured
from bench.receiver import BenchReceiver, bench_receiver

INGEST: Final = [sys.executable, "-m", "ingest", "run"]
PUBLISH: Final = [sys.executable, "-m", "ingest", "publish"]
BUILD: Final = [sys.executable, "-m", "ingest", "build", "--quiet", "--no-publish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCost:
    """The cost of one day: the median of several, one after the other."""

    days_before: int
    catching_up: Cost
    """The build that took the days since the last measurement."""
    landing: Cost
    building: Cost
    publishing: Cost
    """Of one release, which is a copy of all that readers need."""
    opened: int
    """Files in the data folder, without dbt's own, by landing and building one day more."""
    warehouse_bytes: int

    @property
    def seconds(self) -> float:
        """The seconds of landing and of building."""
        return self.landing.seconds + self.building.seconds


def measure_history(sizes: Sequence[int], *, transactions: int, runs: int) -> Iterator[DayCost]:
    """Measure a day after each number of days before it, ascending.

    Args:
        sizes: days before the measured ones, at least 2.
        transactions: events of transactions a day.
        runs: how many days are measured; the next one is counted under strace.
    """
    with (
        TemporaryDirectory(prefix="mx-bench-") as folder,
        bench_receiver(Path(folder), transactions=transactions) as receiver,
    ):
        for size in sorted(sizes):
            receiver.write_days(size)
            yield _measure_day(receiver, runs=runs)


def _measure_day(receiver: BenchReceiver, *, runs: int) -> DayCost:
    days_before, environment = receiver.next_day, receiver.environment
    catching_up = run_measured(BUILD, environment=environment)
    landing, building = [], []
    for _ in range(runs):
        receiver.deliver_day()
        landing.append(run_measured(INGEST, environment=environment))
        building.append(run_measured(BUILD, environment=environment))
    publishing = run_measured(PUBLISH, environment=environment)
    receiver.deliver_day()
    opened = sum(
        count_opened(command, data=receiver.data, environment=environment, scratch=receiver.folder)
        for command in (INGEST, BUILD)
    )
    return DayCost(
        days_before=days_before,
        catching_up=catching_up,
        landing=median_cost(landing),
        building=median_cost(building),
        publishing=publishing,
        opened=opened,
        warehouse_bytes=(receiver.data / "warehouse.duckdb").stat().st_size,
    )


HEAD: Final = (
    "days before",
    "land, s",
    "build, s",
    "both, ratio",
    "files opened",
    "peak of land, MB",
    "peak of build, MB",
    "warehouse, MB",
    "publish, s",
    "its peak, MB",
    "build of all days since the line above, s",
    "its peak, MB",
)


def history_table(costs: Sequence[DayCost]) -> str:
    """Write costs as a Markdown table, each as a ratio to the first."""
    lines = [_row(HEAD), _row(["---:"] * len(HEAD))]
    for cost in costs:
        cells = (
            f"{cost.days_before:,}",
            f"{cost.landing.seconds:.1f}",
            f"{cost.building.seconds:.1f}",
            f"{cost.seconds / costs[0].seconds:.2f}",
            f"{cost.opened:,}",
            _megabytes(cost.landing.peak_bytes),
            _megabytes(cost.building.peak_bytes),
            _megabytes(cost.warehouse_bytes),
            f"{cost.publishing.seconds:.1f}",
            _megabytes(cost.publishing.peak_bytes),
            f"{cost.catching_up.seconds:.0f}",
            _megabytes(cost.catching_up.peak_bytes),
        )
        lines.append(_row(cells))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.0f}"
