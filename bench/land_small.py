"""Measure landing many small files, against gpg that only decrypts them."""

from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from bench.landers import Lander, gpg_command, land_in_turns, our_lander
from bench.receiver import PATTERN_DAY, BenchReceiver
from bench.table import markdown_table, megabytes, seconds_cells

LOOP: Final = (
    'cd "$1" && shift && for file in *; do "$@" --decrypt "$file" > /dev/null || exit; done'
)
TRANSACTIONS: Final = 200
"""Events of transactions a day: a small client's."""
AIMS: Final = ("at least 2", "at least 1", "")
"""How many times as long gpg alone is to take."""


def measure_small(receiver: BenchReceiver, *, days: int, runs: int) -> list[Lander]:
    """Land the files of typical days, in turns: with unlocked keys, by gpg, and by gpg alone."""
    source = receiver.folder / "small"
    typical = replace(receiver.days, transactions=TRANSACTIONS)
    _deliver(replace(receiver, days=typical, next_day=PATTERN_DAY), source, days=days)
    sides = [
        our_lander(receiver, source),
        our_lander(receiver, source, name="this project, MX_GPG_ONLY=true", gpg_only=True),
        _gpg_alone(receiver, source),
    ]
    land_in_turns(sides, runs=runs)
    return sides


def _deliver(receiver: BenchReceiver, source: Path, *, days: int) -> None:
    source.mkdir()
    for _ in range(days):
        receiver.deliver_day()
        for file in (receiver.folder / "source").iterdir():
            file.rename(source / file.name)


def _gpg_alone(receiver: BenchReceiver, source: Path) -> Lander:
    return Lander(
        name="gpg -d alone, one after the other",
        command=("sh", "-c", LOOP, "sh", str(source), *gpg_command(receiver)),
        folder=receiver.folder / "nowhere",
        environment={},
        rows_at="",
    )


HEAD: Final = (
    "side",
    "s",
    "least to most",
    "gpg alone to this",
    "aim",
    "processor, s",
    "peak, MB",
    "largest process, MB",
)


def small_table(sides: list[Lander]) -> str:
    """Write costs as a Markdown table, with ratios to gpg's, which come last."""
    alone = median(sides[-1].seconds)
    rows = [_cells(side, alone, aim) for side, aim in zip(sides, AIMS, strict=True)]
    return markdown_table(HEAD, rows)


def _cells(side: Lander, alone: float, aim: str) -> list[str]:
    return [
        side.name,
        *seconds_cells(side.seconds),
        f"{alone / median(side.seconds):.2f}",
        aim,
        f"{side.processor_seconds:.2f}",
        megabytes(side.peak_bytes),
        megabytes(side.largest_process_bytes),
    ]
