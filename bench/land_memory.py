"""Measure landing files of several sizes: time, and memory that does not grow."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.landers import Lander, land_in_turns, our_lander, peer_landers
from bench.large_file import Codec, LargeFile, make_large_file, send_large_file
from bench.peers import PEER_ENVIRONMENT, peer_python
from bench.receiver import BenchReceiver
from bench.table import markdown_table, megabytes, seconds_cells
from sample.send.delivery import Sent

IN_MEMORY: Final = ("gpg, DuckDB", "gpg, polars")
"""Peers that land the same files, as long as these fit into the memory of a usual machine."""
PEERS_UP_TO: Final = 1.0
"""Gigabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeCost:
    """The cost of one size for each side."""

    sent: Sent
    sides: list[Lander]


def measure_memory(
    receiver: BenchReceiver, gigabytes: Sequence[float], *, runs: int
) -> Iterator[SizeCost]:
    """Land a file of each size, its Avro not compressed: plain bytes are those of the rows."""
    large = make_large_file(receiver)
    for size in sorted(gigabytes):
        yield _measure(receiver, large, size, has_peers=size <= PEERS_UP_TO, runs=runs)


def _measure(
    receiver: BenchReceiver, large: LargeFile, size: float, *, has_peers: bool, runs: int
) -> SizeCost:
    with TemporaryDirectory(dir=receiver.folder) as folder:
        source, rows = Path(folder), large.row_count(size * 1e9)
        sent = send_large_file(large, receiver, row_count=rows, codec=Codec.NULL, source=source)
        peers = peer_landers(receiver, source / f"{sent.file.stem}.avro.pgp") if has_peers else []
        sides = [our_lander(receiver, source)]
        sides += [peer for peer in peers if peer.name.startswith(IN_MEMORY)]
        land_in_turns(sides, runs=runs)
        return SizeCost(sent=sent, sides=sides)


HEAD: Final = (
    "side",
    "plain, MB",
    "encrypted, MB",
    "rows",
    "s",
    "least to most",
    "MB a second",
    "peak, MB",
    "largest process, MB",
)


def memory_table(costs: Sequence[SizeCost]) -> str:
    """Write costs as a Markdown table."""
    rows = [_cells(side, cost.sent) for cost in costs for side in cost.sides]
    return markdown_table(HEAD, rows)


def _cells(side: Lander, sent: Sent) -> list[str]:
    return [
        side.name,
        megabytes(sent.plain_bytes),
        megabytes(sent.encrypted_bytes),
        f"{sent.row_count:,}",
        *seconds_cells(side.seconds),
        megabytes(sent.plain_bytes / median(side.seconds)),
        megabytes(side.peak_bytes),
        megabytes(side.largest_process_bytes),
    ]


def draw_plot(costs: Sequence[SizeCost], *, target: Path) -> None:
    """Draw time and memory over size, with the peers' own plotting library."""
    lines: dict[str, list[tuple[float, float, float]]] = {}
    for cost in costs:
        for side in cost.sides:
            point = (cost.sent.plain_bytes / 1e9, median(side.seconds), side.peak_bytes / 1e6)
            lines.setdefault(side.name, []).append(point)
    program = [str(peer_python()), "-m", "bench.against.plot", str(target)]
    environment = os.environ | dict(PEER_ENVIRONMENT)
    subprocess.run(program, input=json.dumps(lines).encode(), env=environment, check=True)
