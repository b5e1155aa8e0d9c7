"""Those who keep a table of current transactions, each in its own way."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import duckdb

from bench.measure_program import Cost, run_measured
from bench.peers import PEER_ENVIRONMENT, peer_python, peer_version
from bench.receiver import BenchReceiver

BUILD: Final = [sys.executable, "-m", "ingest", "build", "--quiet", "--no-publish"]
MODELS: Final = {"model.mx.stg_transactions", "model.mx.state_transactions"}
"""All of a build that writes transactions; `main.transactions` is a view."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The cost of applying one day."""

    program: Cost
    """All of it, from the start of the program to its end."""
    statements: float
    """Seconds of the work on the table alone."""


class Side(Protocol):
    """A table of current transactions, and how a day is applied to it."""

    @property
    def name(self) -> str: ...

    def apply(self, day: Sequence[str], *, until: Sequence[str]) -> Applied:
        """Apply a day.

        Args:
            day: its files.
            until: these and those of all days before.
        """

    def rows(self, columns: str) -> str:
        """Return a query for its rows."""


@dataclass(frozen=True, slots=True)
class Ours:
    """A complete build: 22 resources, their history, their owners' deletes, all tests."""

    receiver: BenchReceiver
    name: str = "this project"

    def apply(self, day: Sequence[str], *, until: Sequence[str]) -> Applied:
        return self.build()

    def build(self) -> Applied:
        program = run_measured(BUILD, environment=self.receiver.environment)
        results = self.receiver.data / "dbt" / "target" / "run_results.json"
        nodes = json.loads(results.read_text())["results"]
        seconds = {node["unique_id"]: node["execution_time"] for node in nodes}
        return Applied(program, sum(seconds[model] for model in MODELS))

    def rows(self, columns: str) -> str:
        """Return a query for its rows, and for those that only a deleted owner hides."""
        return f"""
            select {columns} from main.transactions
            union all
            select {columns} from state.transactions
            semi join ops.hidden_transactions using (_client_guid, guid)
            where _event_is_live
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A module of bench.against, run in a process of its own."""

    name: str
    module: str
    python: Path
    folder: Path
    rebuilds: bool = False
    """From all files rather than from the day's."""

    def run(self, action: str, *files: str) -> Applied:
        self.folder.mkdir(exist_ok=True)
        command = [str(self.python), "-m", f"bench.against.{self.module}", action]
        program = run_measured([*command, str(self.folder), *files], environment=PEER_ENVIRONMENT)
        return Applied(program, float((self.folder / "seconds").read_text()))

    def apply(self, day: Sequence[str], *, until: Sequence[str]) -> Applied:
        return self.run("apply", *(until if self.rebuilds else day))

    def rows(self, columns: str) -> str:
        exported = str(self.folder / "exported.parquet")
        self.run("export", exported)
        return f"select {columns} from '{exported}'"


def make_peers(folder: Path, *, landed: Sequence[str]) -> list[Peer]:
    """Give the peers the current rows of all that has landed."""
    folder.mkdir()
    rebuild = Peer(
        name=f"rebuild, DuckDB {duckdb.__version__}",
        module="apply_rebuild",
        python=Path(sys.executable),
        folder=folder / "rebuild",
        rebuilds=True,
    )
    merging = [
        Peer(
            name=f"{package} {peer_version(package)}, merge",
            module=f"apply_{package}",
            python=peer_python(),
            folder=folder / package,
        )
        for package in ("dlt", "deltalake")
    ]
    current = str(folder / "current.parquet")
    rebuild.run("apply", *landed)
    rebuild.run("export", current)
    for peer in merging:
        peer.run("load", current)
    return [rebuild, *merging]
