"""Measure builds on Apache Spark against DuckDB's, from one landing: `just bench spark`."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from bench.history import INGEST
from bench.measure_processes import Watched, run_watched
from bench.measure_program import Cost, run_measured
from bench.peers import PeersError
from bench.receiver import BenchReceiver, bench_receiver
from bench.same_rows import compare_rows
from ingest.warehouse.spark.build import ENVIRONMENT

PYTHON: Final = [sys.executable, "-m"]
EXPORT: Final = [*PYTHON, "ingest.commands.spark", "export"]
WITHOUT_TESTS: Final = [
    word for kind in ("test", "unit_test") for word in ("--exclude-resource-type", kind)
]
"""With these words both engines build every model of every resource, and nothing else."""
WAREHOUSE: Final = Path("warehouse.duckdb")
LAKE: Final = Path("spark", "tables")
STAGING: Final = LAKE / "staging.db" / "stg_transactions" / "data"
STATE: Final = LAKE / "state.db" / "transactions" / "data"
LANDING: Final = Path("landing", "resource=transactions")
ENGINES: Final = {
    "DuckDB": (["ingest", "build", "--no-publish"], WAREHOUSE),
    "Spark": (["ingest.commands.spark", "build"], LAKE),
}
"""The build of each engine, and where its tables lie in the data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The cost of one build, and the size of the tables after it."""

    watched: Watched
    table_bytes: int

    @property
    def cost(self) -> Cost:
        return self.watched.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The bytes of transactions after the first build: Parquet in landing, Iceberg on Spark."""

    landed: float
    """Of an event in landing."""
    staged: float
    """Of an event in staging."""
    state: float
    """Of a key in state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeCost:
    """The costs with one number of keys."""

    keys: int
    sizes: Sizes
    landings: list[Cost]
    builds: dict[str, list[Built]]
    """By engine: the first build, then one a day."""
    new_files: float
    """Files that a day adds to Spark's tables."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The current transactions of an engine."""

    name: str
    relation: str

    def rows(self, columns: str) -> str:
        return f"select {columns} from {self.relation}"


def measure_spark(sizes: Sequence[int], *, transactions: int, runs: int) -> Iterator[SizeCost]:
    """Measure a first build and the days after it, for each number of keys.

    Args:
        sizes: keys of transactions that the first build finds.
        transactions: events of transactions a day.
        runs: how many days are landed and built.

    Raises:
        PeersError: Spark is not installed.
        DifferentRowsError: after these days the engines' current transactions differ.
    """
    if not ENVIRONMENT.exists():
        raise PeersError(f"{ENVIRONMENT}: expected Spark, found nothing; run: sh .ci/setup-spark")
    for size in sizes:
        with (
            TemporaryDirectory(prefix="mx-bench-") as folder,
            bench_receiver(Path(folder), transactions=transactions) as receiver,
        ):
            receiver.write_keys(size)
            yield _measure_size(receiver, size, runs=runs)


def _measure_size(receiver: BenchReceiver, keys: int, *, runs: int) -> SizeCost:
    builds = {engine: [_build(receiver, engine)] for engine in ENGINES}
    sizes = _measure_bytes(receiver.data)
    files_before = len(_files(receiver.data / LAKE))
    landings = []
    for _ in range(runs):
        receiver.deliver_day()
        landings.append(run_measured(INGEST, environment=receiver.environment))
        for engine in ENGINES:
            builds[engine].append(_build(receiver, engine))
    new_files = len(_files(receiver.data / LAKE)) - files_before
    _compare(receiver)
    return SizeCost(
        keys=keys, sizes=sizes, landings=landings, builds=builds, new_files=new_files / runs
    )


def _build(receiver: BenchReceiver, engine: str) -> Built:
    words, tables = ENGINES[engine]
    command = [*PYTHON, *words, "--quiet", *WITHOUT_TESTS]
    watched = run_watched(command, environment=receiver.environment)
    return Built(watched=watched, table_bytes=_bytes(receiver.data / tables))


def _measure_bytes(data: Path) -> Sizes:
    with duckdb.connect(str(data / WAREHOUSE), read_only=True) as warehouse:
        events, keys = (
            len(warehouse.table(name))
            for name in ("staging.stg_transactions", "state.transactions")
        )
    return Sizes(
        landed=_bytes(data / LANDING) / events,
        staged=_bytes(data / STAGING) / events,
        state=_bytes(data / STATE) / keys,
    )


def _bytes(place: Path) -> int:
    return sum(file.stat().st_size for file in _files(place))


def _files(place: Path) -> list[Path]:
    """List a file, or the files below a folder, without Hadoop's hidden sums."""
    found = place.rglob("[!.]*") if place.is_dir() else [place]
    return [path for path in found if path.is_file()]


def _compare(receiver: BenchReceiver) -> None:
    folder = receiver.folder / "exported"
    run_measured([*EXPORT, str(folder), "main"], environment=receiver.environment)
    exported = f"read_parquet('{folder / 'main' / 'transactions.parquet'}')"
    *_, landed = sorted((receiver.data / LANDING / "event=created").glob("*/*.parquet"))
    sides = [Rows("DuckDB", "main.transactions"), Rows("Spark", exported)]
    compare_rows(sides, warehouse=receiver.data / WAREHOUSE, like=str(landed))
