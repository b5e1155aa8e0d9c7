"""Measure fetching: ours against OpenSSH's `sftp`, from one real server on loopback."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.distance import far_away
from ingest.delivery.names import DAILY_EVENTS
from tests.support.sshd import ACCOUNT, Sshd, sshd

CLIENT: Final = "CLT-00000000-0000-4000-8000-000000000001"
FIRST_DATE: Final = date(2026, 1, 2)
RESOURCES: Final = 22
SMALL_BYTES: Final = (1_200, 1_200, 3_000, 3_000, 3_000, 20_000, 300_000)
"""Many files of a day hold a header alone, most of the others a few rows."""
DELAY_S: Final = 0.01
OURS: Final = [sys.executable, "-m", "bench.fetch_once"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchCost:
    """The cost of one set of files, several times each way, in turns."""

    what: str
    size_bytes: int
    ours: list[float]
    since_start: list[float]
    """Of ours, from the login on."""
    theirs: list[float]
    peak_bytes: int
    """Of ours, the largest of all times."""

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.theirs)


def measure_fetch(*, large_megabytes: int, days: int, runs: int) -> Iterator[FetchCost]:
    """Measure one large file, then the small files of several days.

    Both sides start as a program, log in with the same key and end when all files are there. Ours
    also hashes them, syncs them to the disk and records them in the ledger; `sftp` does not.
    """
    with TemporaryDirectory(prefix="mx-bench-") as scratch, sshd() as server:
        bench = _Bench(Path(scratch), server)
        bench.serve([large_megabytes << 20])
        yield bench.measure(f"1 file of {large_megabytes} MiB", runs=runs)
        per_day = [SMALL_BYTES[n % len(SMALL_BYTES)] for n in range(RESOURCES * len(DAILY_EVENTS))]
        bench.serve(per_day * days)
        yield bench.measure(f"{len(per_day)} small files of each of {days} days", runs=runs)
        bench.serve(per_day)
        with far_away(server.port, delay_s=DELAY_S) as bench.port:
            what = f"{len(per_day)} small files of one day, {2 * DELAY_S * 1000:.0f} ms away"
            yield bench.measure(what, runs=runs)


class _Bench:
    def __init__(self, folder: Path, server: Sshd) -> None:
        self._folder = folder
        self._server = server
        self.port = server.port
        """Where the server is asked."""
        self._key = folder / "key"
        make_key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._key)]
        subprocess.run(make_key, check=True)
        allowed = server.folder.parent / ".ssh" / "authorized_keys"
        allowed.parent.mkdir()
        shutil.copy(self._key.with_suffix(".pub"), allowed)

    def serve(self, sizes: Sequence[int]) -> None:
        """Have files of these sizes lie in the server's folder, and no others."""
        for path in self._server.folder.iterdir():
            path.unlink()
        for number, size in enumerate(sizes):
            day, place = divmod(number, RESOURCES * len(DAILY_EVENTS))
            resource, event = divmod(place, len(DAILY_EVENTS))
            name = f"resource{resource}.{DAILY_EVENTS[event]}.avro.pgp"
            path = self._server.folder / f"{CLIENT}.{FIRST_DATE + timedelta(days=day)}.{name}"
            with path.open("wb") as stream:
                for start in range(0, size, 1 << 20):
                    stream.write(os.urandom(min(size - start, 1 << 20)))
            path.chmod(0o644)

    def measure(self, what: str, *, runs: int) -> FetchCost:
        ours, since_start, theirs, peaks = [], [], [], []
        for _ in range(runs):
            seconds, output = self._time(OURS)
            ours.append(seconds)
            peak, since = output.split()
            peaks.append(int(peak))
            since_start.append(float(since))
            theirs.append(self._time(self._sftp())[0])
        size = sum(path.stat().st_size for path in self._server.folder.iterdir())
        return FetchCost(
            what=what,
            size_bytes=size,
            ours=ours,
            since_start=since_start,
            theirs=theirs,
            peak_bytes=max(peaks),
        )

    def _sftp(self) -> list[str]:
        batch = self._folder / "batch"
        batch.write_text(f"lcd {self._folder / 'data'}\nget {self._server.folder}/*\n")
        command = ["sftp", "-q", "-b", str(batch), "-i", str(self._key), "-P"]
        trusted = f"UserKnownHostsFile={self._known_hosts()}"
        return [*command, str(self.port), "-o", trusted, f"{ACCOUNT}@127.0.0.1"]

    def _known_hosts(self) -> Path:
        _host, *key = self._server.known_hosts.read_text().split()
        path = self._folder / "known_hosts"
        path.write_text(" ".join([f"[127.0.0.1]:{self.port}", *key]) + "\n")
        return path

    def _time(self, command: Sequence[str]) -> tuple[float, str]:
        """Run a program that fetches into an empty folder, and see that it has fetched all."""
        data = self._folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        environment = {
            "MX_DATA": str(data),
            "MX_SOURCE": f"sftp://{ACCOUNT}@127.0.0.1:{self.port}{self._server.folder}",
            "MX_SFTP_PRIVATE_KEY": str(self._key),
            "MX_SFTP_KNOWN_HOSTS": str(self._known_hosts()),
        }
        began = time.monotonic()
        done = subprocess.run(
            command, env=os.environ | environment, check=True, capture_output=True, text=True
        )
        seconds = time.monotonic() - began
        come = {path.name for path in data.rglob("*.pgp")}
        if come != {path.name for path in self._server.folder.iterdir()}:
            raise RuntimeError(f"{command[0]}: expected every file, found {len(come)}")
        return seconds, done.stdout


HEAD: Final = (
    "what",
    "MB",
    "ours, s",
    "without Python's start, s",
    "OpenSSH sftp, s",
    "ours / sftp",
    "peak of ours, MB",
)


def fetch_table(costs: Sequence[FetchCost]) -> str:
    """Write costs as a Markdown table: medians, with the least and the most."""
    lines = [_row(HEAD), _row(["---", *["---:"] * (len(HEAD) - 1)])]
    for cost in costs:
        cells = (
            cost.what,
            f"{cost.size_bytes / 1e6:,.1f}",
            _spread(cost.ours),
            f"{median(cost.since_start):.2f}",
            _spread(cost.theirs),
            f"{cost.ratio:.2f}",
            f"{cost.peak_bytes / 1e6:,.0f}",
        )
        lines.append(_row(cells))
    return "\n".join(lines)


def _spread(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
