"""The figures of `just bench spark` as Markdown."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

from bench.spark import Built, SizeCost
from bench.table import markdown_table, megabytes, seconds_cells

HEAD: Final = (
    "engine",
    "keys",
    "first build, s",
    "ratio",
    "processor, s",
    "peak, MB",
    "tables, MB",
    "a day, s",
    "least to most",
    "ratio",
    "processor, s",
    "peak, MB",
    "tables grow by, MB",
)
HEAD_OF_BYTES: Final = (
    "keys",
    "a day landed, s",
    "landing, bytes an event",
    "staging on Spark, bytes an event",
    "state on Spark, bytes a key",
    "new files a day on Spark",
)


def spark_table(costs: Sequence[SizeCost]) -> str:
    """Write two Markdown tables: seconds and memory of both engines, and bytes of a row."""
    of_engines = [_cells(cost, engine) for cost in costs for engine in cost.builds]
    of_bytes = [_cells_of_bytes(cost) for cost in costs]
    tables = markdown_table(HEAD, of_engines), markdown_table(HEAD_OF_BYTES, of_bytes, texts=0)
    return "\n\n".join(tables)


def _cells(cost: SizeCost, engine: str) -> list[str]:
    first, *days = cost.builds[engine]
    grown = (days[-1].table_bytes - first.table_bytes) / len(days)
    return [
        engine,
        f"{cost.keys:,}",
        *_seconds_and_ratio(cost, engine, lambda builds: builds[:1])[::2],
        *_processor_and_peak([first]),
        megabytes(first.table_bytes),
        *_seconds_and_ratio(cost, engine, lambda builds: builds[1:]),
        *_processor_and_peak(days),
        megabytes(grown),
    ]


def _seconds_and_ratio(
    cost: SizeCost, engine: str, chosen: Callable[[list[Built]], list[Built]]
) -> list[str]:
    """Write the seconds of some builds of an engine, and their ratio to DuckDB's."""
    ours, to = (
        [built.cost.seconds for built in chosen(cost.builds[each])] for each in (engine, "DuckDB")
    )
    return [*seconds_cells(ours), f"{median(ours) / median(to):.1f}"]


def _processor_and_peak(builds: Sequence[Built]) -> list[str]:
    processor = median(built.watched.processor_seconds for built in builds)
    peak = max(built.watched.peak_bytes for built in builds)
    return [f"{processor:.1f}", megabytes(peak)]


def _cells_of_bytes(cost: SizeCost) -> list[str]:
    sizes = cost.sizes
    return [
        f"{cost.keys:,}",
        f"{median(landing.seconds for landing in cost.landings):.1f}",
        *(f"{size:.0f}" for size in (sizes.landed, sizes.staged, sizes.state)),
        f"{cost.new_files:,.0f}",
    ]
