"""Measure applying a day's changes to a large table, here and with public tools."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.measure_program import median_cost
from bench.receiver import BenchReceiver, bench_receiver
from bench.same_rows import compare_rows
from bench.sides import Applied, Ours, Side, make_peers
from bench.typical_day import date_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SideCost:
    """The cost of several days for one side, one after the other."""

    keys: int
    side: str
    days: list[Applied]


def measure_apply(
    sizes: Sequence[int], *, alone: Sequence[int], transactions: int, runs: int
) -> Iterator[list[SideCost]]:
    """Measure the same days on all sides for each size of the table, ascending.

    Args:
        sizes: keys of transactions that are there before the measured days.
        alone: sizes at which this project is measured without peers.
        transactions: events of transactions a day.
        runs: how many days are measured.

    Raises:
        DifferentRowsError: after these days the tables differ.
    """
    with (
        TemporaryDirectory(prefix="mx-bench-") as folder,
        bench_receiver(Path(folder), transactions=transactions) as receiver,
    ):
        for size in sorted({*sizes, *alone}):
            receiver.write_keys(size)
            Ours(receiver).build()
            yield _measure_size(receiver, size, has_peers=size in sizes, runs=runs)


def _measure_size(
    receiver: BenchReceiver, size: int, *, has_peers: bool, runs: int
) -> list[SideCost]:
    folder, landed = receiver.folder / "peers", _landed(receiver)
    sides: list[Side] = [Ours(receiver), *(make_peers(folder, landed=landed) if has_peers else [])]
    costs = [SideCost(keys=size, side=side.name, days=[]) for side in sides]
    for _ in range(runs):
        receiver.write_days(receiver.next_day + 1)
        day = _landed(receiver, date=str(date_of(receiver.next_day - 1)))
        landed = _landed(receiver)
        for side, cost in zip(sides, costs, strict=True):
            cost.days.append(side.apply(day, until=landed))
    if has_peers:
        compare_rows(sides, warehouse=receiver.data / "warehouse.duckdb", like=day[0])
        shutil.rmtree(folder)
    return costs


def _landed(receiver: BenchReceiver, *, date: str = "*") -> list[str]:
    """List the landed files of transactions."""
    pattern = f"resource=transactions/event=*/date={date}/*.parquet"
    return sorted(map(str, (receiver.data / "landing").glob(pattern)))


HEAD: Final = (
    "keys",
    "side",
    "program, s",
    "least to most",
    "ratio",
    "statements, s",
    "least to most",
    "ratio",
    "peak, MB",
)


def apply_table(sizes: Sequence[Sequence[SideCost]]) -> str:
    """Write costs as a Markdown table, with ratios to the project's own, which come first."""
    lines = [_row(HEAD), _row(["---:", "---", *["---:"] * (len(HEAD) - 2)])]
    lines += [_row(_cells(cost, to=costs[0])) for costs in sizes for cost in costs]
    return "\n".join(lines)


def _cells(cost: SideCost, *, to: SideCost) -> list[str]:
    peak = median_cost([day.program for day in cost.days]).peak_bytes
    return [
        f"{cost.keys:,}",
        cost.side,
        *_figures(_programs(cost), to=_programs(to)),
        *_figures(_statements(cost), to=_statements(to)),
        f"{peak / 1e6:,.0f}",
    ]


def _programs(cost: SideCost) -> list[float]:
    return [day.program.seconds for day in cost.days]


def _statements(cost: SideCost) -> list[float]:
    return [day.statements for day in cost.days]


def _figures(seconds: Sequence[float], *, to: Sequence[float]) -> list[str]:
    spread = f"{min(seconds):.1f} to {max(seconds):.1f}"
    return [f"{median(seconds):.1f}", spread, f"{median(seconds) / median(to):.2f}"]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
