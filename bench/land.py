"""Measure landing one large file, here and with public tools."""

from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.landers import Lander, gpg_command, our_lander, peer_landers
from bench.large_file import Codec, make_large_file, send_large_file
from bench.limit import STEPS, cores, measure_steps
from bench.receiver import BenchReceiver
from bench.same_files import compare_files
from bench.table import markdown_table, megabytes, seconds_cells
from sample.send.delivery import Sent

AIMS: Final = (1.0, 5.0, 2.0, 1.0, 8.0)
"""How many times as long each side is to take at least, this project first."""
MOST_OF_LIMIT: Final = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class LandCost:
    """The cost of each side, in turns."""

    sent: Sent
    codec: Codec
    start: Lander
    """This project with nothing to land."""
    sides: list[Lander]
    steps: list[dict[str, float]]
    """Processor seconds of the steps that nobody can leave out."""


def measure_land(receiver: BenchReceiver, *, row_count: int, codec: Codec, runs: int) -> LandCost:
    """Have all sides land the same file, in turns.

    Raises:
        DifferentRowsError: they hold other rows afterwards.
    """
    source, nothing = receiver.folder / "large", receiver.folder / "nothing"
    source.mkdir()
    nothing.mkdir()
    large = make_large_file(receiver)
    sent = send_large_file(large, receiver, row_count=row_count, codec=codec, source=source)
    ciphertext = source / f"{sent.file.stem}.avro.pgp"
    start = our_lander(receiver, nothing)
    sides = [our_lander(receiver, source), *peer_landers(receiver, ciphertext)]
    steps = []
    for _ in range(runs):
        for each in (start, *sides):
            each.land()
        gpg = gpg_command(receiver)
        steps.append(measure_steps(ciphertext, gpg=gpg, scratch=receiver.folder))
    for side in sides:
        side.watch()
    compare_files({side.name: side.files() for side in sides}, row_count=row_count)
    return LandCost(sent=sent, codec=codec, start=start, sides=sides, steps=steps)


HEAD: Final = (
    "side",
    "s",
    "least to most",
    "ratio",
    "aim",
    "ratio, start apart",
    "processor, s",
    "peak, MB",
    "largest process, MB",
)


def land_table(cost: LandCost) -> str:
    """Write costs as a Markdown table, with ratios to the project's own, which come first."""
    ours = cost.sides[0]
    start = median(cost.start.seconds)
    rows = [_cells(side, ours, start, aim) for side, aim in zip(cost.sides, AIMS, strict=True)]
    rows.append(_limit_cells(cost, start_apart=median(ours.seconds) - start))
    rows.append([f"start of {ours.name}", *seconds_cells(cost.start.seconds), *[""] * 6])
    return markdown_table(HEAD, rows)


def land_note(cost: LandCost) -> str:
    """Say what was landed."""
    sent = cost.sent
    steps = ", ".join(f"{step} {_step(cost, step):.2f}" for step in STEPS)
    return (
        f"{sent.row_count:,} rows, codec {cost.codec}, {megabytes(sent.plain_bytes)} MB plain, "
        f"{megabytes(sent.encrypted_bytes)} MB encrypted, {len(cost.steps)} runs. "
        f"Processor seconds of the limit's steps: {steps}; over {cores()} cores."
    )


def _cells(side: Lander, ours: Lander, start: float, aim: float) -> list[str]:
    seconds, our_seconds = median(side.seconds), median(ours.seconds)
    return [
        side.name,
        *seconds_cells(side.seconds),
        f"{seconds / our_seconds:.2f}",
        "" if side is ours else f"at least {aim:g}",
        f"{seconds / (our_seconds - start):.2f}",
        f"{side.processor_seconds:.2f}",
        megabytes(side.peak_bytes),
        megabytes(side.largest_process_bytes),
    ]


def _limit_cells(cost: LandCost, *, start_apart: float) -> list[str]:
    sums = [sum(steps.values()) for steps in cost.steps]
    limits = [each / cores() for each in sums]
    aim = f"this project at most {MOST_OF_LIMIT} of it, start apart"
    ratio = f"{median(limits) / start_apart:.2f}"
    return ["limit", *seconds_cells(limits), "", aim, ratio, f"{median(sums):.2f}", "", ""]


def _step(cost: LandCost, step: str) -> float:
    return median(steps[step] for steps in cost.steps)
