"""Measure the commands with years of files of many clients: `just bench clients`.

The ledger is written straight, as runs would have written it, and its index is made from it. The
source has the files of the last week, all of them known: a run finds nothing new.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from bench.measure_program import Cost, run_measured
from ingest.openpgp.receiver_key import make_receiver_key
from ingest.store.index.catch_up import open_state
from ingest.store.index.tables.database import NAME

RESOURCES: Final = 22
EVENTS: Final = ("created", "updated", "deleted")
DAYS_IN_SOURCE: Final = 7
FILE_BYTES: Final = 16
RUN: Final = [sys.executable, "-m", "ingest", "run"]
STATUS: Final = [sys.executable, "-m", "ingest", "status"]
REPORT: Final = [sys.executable, "-m", "ingest", "report"]


@dataclass(frozen=True, slots=True)
class ManyClients:
    """The costs of the commands on one ledger, and how large it is."""

    clients: int
    days: int
    files: int
    ledger_bytes: int
    index_bytes: int
    index_seconds: float
    """How long it took to make the index from the whole ledger."""
    costs: dict[str, Cost]


def measure_clients(*, clients: int, days: int, runs: int) -> ManyClients:
    """Write a ledger, make its index, and time each command on it.

    Args:
        runs: how often; the medians are given.
    """
    with tempfile.TemporaryDirectory(prefix="mx-bench-clients-") as folder:
        root = Path(folder)
        data, source, gnupg = root / "data", root / "source", root / "gnupg"
        make_receiver_key(
            gnupg, user_name="Bench", email="bench@example.com", expires="1y", passphrase=None
        )
        files = write_ledger(data, source, clients=clients, days=days)
        began = time.monotonic()
        with open_state(data / "ledger"):
            index_seconds = time.monotonic() - began
        environment = {"MX_DATA": str(data), "MX_SOURCE": str(source), "MX_GNUPGHOME": str(gnupg)}
        commands = {"run": RUN, "status": STATUS, "report": REPORT}
        ledger = data / "ledger"
        return ManyClients(
            clients=clients,
            days=days,
            files=files,
            ledger_bytes=sum(path.stat().st_size for path in ledger.glob("*.jsonl")),
            index_bytes=(ledger / NAME).stat().st_size,
            index_seconds=index_seconds,
            costs={
                name: _median([run_measured(command, environment=environment) for _ in range(runs)])
                for name, command in commands.items()
            },
        )


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        median(cost.seconds for cost in costs),
        max(cost.peak_bytes for cost in costs),
        median(cost.processor_seconds for cost in costs),
    )


def write_ledger(data: Path, source: Path, *, clients: int, days: int) -> int:
    """Write a ledger of complete days up to yesterday, and the last week's files.

    Returns:
        The number of daily files.
    """
    last = datetime.now(tz=UTC).date() - timedelta(days=1)
    guids = [f"CLT-{number:08x}-0000-4000-8000-000000000000" for number in range(clients)]
    (data / "ledger").mkdir(parents=True)
    source.mkdir()
    for age in reversed(range(days)):
        day = last - timedelta(days=age)
        morning = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
        lines = _Lines(morning + timedelta(hours=2))
        for guid in guids:
            _write_day(lines, guid, day)
            folder = data / "archive" / guid / day.isoformat()
            folder.mkdir(parents=True)
            names = _names(guid, day) if age < DAYS_IN_SOURCE else []
            for name in names:
                for path in (source / name, folder / name):
                    path.write_bytes(b"x" * FILE_BYTES)
                    os.utime(path, (morning.timestamp(), morning.timestamp()))
            os.utime(folder, (morning.timestamp(), morning.timestamp()))
        lines.add("run", command="run", seconds=1.0, failures=[])
        with (data / "ledger" / f"{morning:%Y-%m}.jsonl").open("ab") as ledger:
            ledger.write("".join(lines.text).encode())
    return clients * days * RESOURCES * len(EVENTS)


class _Lines:
    """The records of one run."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self.text: list[str] = []

    def add(self, what: str, /, **facts: object) -> None:
        self._at += timedelta(microseconds=10)
        at = self._at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        record = {"recorded_at": at, "run_id": f"{self._at:%Y%m%d}", "what": what, **facts}
        self.text.append(json.dumps(record, separators=(",", ":")) + "\n")


def _stems(guid: str, day: date) -> Iterator[tuple[str, str, str]]:
    for number in range(RESOURCES):
        for event in EVENTS:
            resource = f"resource_{number:02}"
            yield f"{guid}.{day}.{resource}.{event}", resource, event


def _names(guid: str, day: date) -> list[str]:
    names = [f"{stem}.avro.pgp" for stem, _, _ in _stems(guid, day)]
    return [*names, f"{guid}.{day}-manifest.csv.pgp"]


def _write_day(lines: _Lines, guid: str, day: date) -> None:
    """Write what a run records of a complete delivery."""
    subject = {"client_guid": guid, "snapshot_date": day.isoformat()}
    morning = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    delivered = {
        "encrypted_bytes": FILE_BYTES,
        "source_bytes": FILE_BYTES,
        "source_modified_at": morning.timestamp(),
    }
    manifest = {"name": f"{guid}.{day}-manifest.csv.pgp", "encrypted_sha256": _sha256()}
    lines.add("archived", **subject, **manifest, **delivered)
    files = [(*each, _sha256(), _sha256()) for each in _stems(guid, day)]
    for stem, resource, event, encrypted, _ in files:
        file = {"resource": resource, "event": event, "file": stem, "name": f"{stem}.avro.pgp"}
        lines.add("archived", **subject, **file, **delivered, encrypted_sha256=encrypted)
    lines.add(
        "listed",
        **subject,
        **manifest,
        encrypted_bytes=FILE_BYTES,
        listed=[
            {
                "file": stem,
                "resource": resource,
                "event": event,
                "record_count": 100,
                "plain_bytes": 1000,
                "encrypted_bytes": FILE_BYTES,
                "checksum": plain,
                "effective_date": day.isoformat(),
            }
            for stem, resource, event, _, plain in files
        ],
    )
    for stem, resource, event, encrypted, plain in files:
        lines.add(
            "landed",
            **subject,
            resource=resource,
            event=event,
            file=stem,
            name=f"{stem}.avro.pgp",
            encrypted_bytes=FILE_BYTES,
            encrypted_sha256=encrypted,
            manifest_sha256=manifest["encrypted_sha256"],
            path=f"landing/resource={resource}/event={event}/date={day}/{guid}.parquet",
            plain_bytes=1000,
            plain_sha256=plain,
            parquet_sha256=_sha256(),
            record_count=100,
            checksum_of="plain",
            schema_id="0123456789abcdef",
            decoder="columns",
        )


def _sha256() -> str:
    return os.urandom(32).hex()


def clients_table(measured: list[ManyClients]) -> str:
    """Draw the figures as a table in Markdown."""
    lines = [
        "| clients, days | files | ledger | index | index made anew | run, nothing new "
        "| status | report |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in measured:
        costs = [
            f"{cost.seconds:.1f} s, {cost.peak_bytes / 1e6:,.0f} MB" for cost in each.costs.values()
        ]
        sizes = [f"{size / 1e9:.1f} GB" for size in (each.ledger_bytes, each.index_bytes)]
        cells = [f"{each.clients}, {each.days}", f"{each.files:,}", *sizes]
        lines.append(f"| {' | '.join([*cells, f'{each.index_seconds:.0f} s', *costs])} |")
    return "\n".join(lines)
