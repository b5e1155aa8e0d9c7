"""Those who land a file, each in its own way."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.large_file import DISTINCT_ROWS
from bench.measure_processes import run_watched
from bench.measure_program import Cost, run_measured
from bench.peers import PEER_ENVIRONMENT, peer_python, peer_version
from bench.receiver import BenchReceiver, new_receiver
from ingest.settings import PASSPHRASE_FILE

RUN: Final = (sys.executable, "-m", "ingest", "run", "--allow-empty")


@dataclass(slots=True, kw_only=True)
class Lander:
    """A program that lands what it is given in a folder of its own, which is empty before."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    rows_at: str
    """A pattern of the Parquet files that it leaves in its folder."""
    runs: list[Cost] = field(default_factory=list)
    peak_bytes: int = 0
    """Of all its processes at one moment, where it was watched."""

    def land(self) -> None:
        self._empty()
        self.runs.append(run_measured(self.command, environment=self.environment))

    def watch(self) -> None:
        """Land once more, for the memory: looking takes time, of which no run is to have a part."""
        self._empty()
        self.peak_bytes = run_watched(self.command, environment=self.environment).peak_bytes

    def _empty(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        os.sync()  # what was written before is not waited for now

    @property
    def seconds(self) -> list[float]:
        return [run.seconds for run in self.runs]

    @property
    def processor_seconds(self) -> float:
        return median(run.processor_seconds for run in self.runs)

    @property
    def largest_process_bytes(self) -> int:
        return max(run.peak_bytes for run in self.runs)

    def files(self) -> list[str]:
        return sorted(map(str, self.folder.glob(self.rows_at)))


@contextmanager
def land_receiver() -> Iterator[BenchReceiver]:
    """Give a receiver to whom no file has come."""
    with (
        TemporaryDirectory(prefix="mx-bench-") as folder,
        new_receiver(Path(folder), transactions=DISTINCT_ROWS) as receiver,
    ):
        yield receiver


def our_lander(
    receiver: BenchReceiver, source: Path, *, name: str = "this project", gpg_only: bool = False
) -> Lander:
    """Give `ingest run`, on a source and an empty data folder."""
    folder = receiver.folder / f"data-{source.name}-{gpg_only}"
    own = {"MX_SOURCE": str(source), "MX_DATA": str(folder), "MX_GPG_ONLY": str(gpg_only).lower()}
    return Lander(
        name=name,
        command=RUN,
        folder=folder,
        environment=receiver.environment | own,
        rows_at="landing/*/*/*/*.parquet",
    )


def land_in_turns(sides: Sequence[Lander], *, runs: int) -> None:
    """Have each side land so many times for the time, and once more for the memory."""
    for _ in range(runs):
        for side in sides:
            side.land()
    for side in sides:
        side.watch()


def peer_landers(receiver: BenchReceiver, ciphertext: Path) -> list[Lander]:
    """Give the public tools, each with gpg before it."""
    peers = (
        ("fastavro", f"gpg, fastavro {peer_version('fastavro')}, pyarrow"),
        ("duckdb", f"gpg, DuckDB {peer_version('duckdb')}"),
        ("polars", f"gpg, polars {peer_version('polars')}"),
        ("dlt", f"gpg, fastavro, dlt {peer_version('dlt')}"),
    )
    return [_peer(receiver, ciphertext, tool=tool, name=name) for tool, name in peers]


def _peer(receiver: BenchReceiver, ciphertext: Path, *, tool: str, name: str) -> Lander:
    folder = receiver.folder / tool
    program = (str(peer_python()), "-m", f"bench.against.land_{tool}")
    return Lander(
        name=name,
        command=(*program, str(folder), str(ciphertext), *gpg_command(receiver)),
        folder=folder,
        environment=PEER_ENVIRONMENT,
        rows_at="landed.parquet/main/transactions/*" if tool == "dlt" else "landed.parquet",
    )


def gpg_command(receiver: BenchReceiver) -> tuple[str, ...]:
    """Return gpg with the receiver's keys and its passphrase."""
    home = receiver.folder / "gnupg"
    passphrase = ("--pinentry-mode", "loopback", "--passphrase-file", str(home / PASSPHRASE_FILE))
    return ("gpg", "--homedir", str(home), "--batch", "--quiet", *passphrase)
