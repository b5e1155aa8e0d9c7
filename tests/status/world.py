"""Ledgers with deliveries in every state, written through the ledger itself at given times."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile, Delivery, Event, ManifestFile, baseline_file
from ingest.store.facts import What
from ingest.store.ledger import Record, open_ledger

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 2, 1), date(2026, 3, 30)
CALM, TROUBLED, GONE = (f"CLT-{n * 8}-{n * 4}-{n * 4}-{n * 4}-{n * 12}" for n in "123")
HOSTILE = 'CLT-<img src=x onerror="parent.owned=1"><script>parent.owned=1;<!--\' & \u202e.pgp'
RESOURCES = ("accounts", "transactions", "users")
COLUMNS = [{"name": "guid", "type": "varchar"}]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes what a run would have written."""

    records: list[tuple[datetime, Record]] = field(default_factory=list)

    def append(
        self, what: What, about: DailyFile | ManifestFile | None, at: datetime, **facts: Any
    ) -> None:
        self.records.append((at, (what, about, facts)))

    def schema(self, schema_id: str, columns: list[dict[str, Any]], *, at: datetime) -> None:
        self.append(What.SCHEMA, None, at, schema_id=schema_id, columns=columns)

    def listed(self, client: str, day: date, rows: dict[str, int], *, at: datetime) -> None:
        listed = [asdict(_listing(_file(client, day, name), count)) for name, count in rows.items()]
        manifest = ManifestFile(delivery=_delivery(client, day))
        self._archived(manifest, at)
        self.append(What.LISTED, manifest, at, **_bytes(manifest), listed=listed)

    def landed(
        self, client: str, day: date, rows: dict[str, int], *, at: datetime, schema_id: str = "s1"
    ) -> None:
        for resource, count in rows.items():
            file = _file(client, day, resource)
            self._archived(file, at)
            listing = _listing(file, count)
            facts = _bytes(file) | {"schema_id": schema_id, "path": "p", "record_count": count}
            facts |= {"plain_bytes": listing.plain_bytes, "plain_sha256": listing.checksum}
            self.append(What.LANDED, file, at, **facts)

    def baseline(
        self,
        client: str,
        day: date,
        *,
        part: int,
        at: datetime,
        reason: str = "",
    ) -> None:
        """Land a file of a baseline, or turn it away."""
        file = baseline_file(_delivery(client, day), "users", part=part)
        self._archived(file, at)
        if reason:
            why = {"reason": reason, "expected": "x", "found": "y"}
            self.append(What.QUARANTINED, file, at, **_bytes(file), **why)
            return
        facts = {"schema_id": "s1", "path": "p", "record_count": 1_000_000}
        facts |= {"plain_bytes": 9, "plain_sha256": _sha256(file.stem)}
        self.append(What.LANDED, file, at, **_bytes(file), **facts)

    def rejected(self, client: str, day: date, resource: str, *, at: datetime, **why: str) -> None:
        file = _file(client, day, resource)
        self._archived(file, at)
        self.append(What.QUARANTINED, file, at, **_bytes(file), **why)

    def bad_name(self, name: str, *, at: datetime) -> None:
        facts = {"name": name, "source_bytes": 1, "source_modified_at": 0.0}
        self.append(What.QUARANTINED, None, at, **facts, reason="name")

    def run(self, *, at: datetime, seconds: float = 30.0, **facts: Any) -> None:
        known = {
            "files_landed": 3,
            "rows_landed": 9,
            "plain_bytes": 10**6,
            "failures": [],
            "alarms": 0,
        }
        self.append(What.RUN, None, at, seconds=seconds, **known | facts)

    def _archived(self, file: DailyFile | ManifestFile, at: datetime) -> None:
        self.append(What.ARCHIVED, file, at, **_bytes(file), source_bytes=1, source_modified_at=0.0)


@contextmanager
def recording(folder: Path, run_id: str = "a run") -> Iterator[Writer]:
    """Write all that one run records, in the order of time."""
    writer = Writer()
    yield writer
    in_order = sorted(writer.records, key=lambda record: record[0])
    with open_ledger(folder, run_id=run_id) as ledger:
        for at, records in groupby(in_order, key=lambda record: record[0]):
            ledger.append_all([record for _, record in records], at=at)


def morning(day: date, *, hour: int = 1) -> datetime:
    """Say when a day's files come: after midnight of the next."""
    return datetime.combine(day + timedelta(days=1), time(hour, 15), tzinfo=UTC)


def days(first: date = FIRST, last: date = LAST) -> Iterable[date]:
    return (first + timedelta(days=each) for each in range((last - first).days + 1))


def volumes(day: date) -> dict[str, int]:
    rows = {name: 100 + (day.toordinal() * 7 + len(name)) % 11 for name in RESOURCES}
    return rows | {"transactions": 900} if day == date(2026, 3, 20) else rows


def write_world(folder: Path) -> None:
    """Write eight weeks of three clients: one calm, one in every trouble, one that was given up."""
    with recording(folder, "first") as writer:
        writer.schema("s1", COLUMNS, at=morning(FIRST))
        writer.schema("s2", [*COLUMNS, {"name": "<b>new", "type": "bigint"}], at=morning(FIRST))
    for day in days():
        with recording(folder, f"run-{day}") as writer:
            _write_day(writer, day)
    with recording(folder, "last") as writer:
        writer.append(What.GIVEN_UP, None, NOW, client_guid=GONE)
        writer.bad_name(HOSTILE, at=NOW)
        writer.run(at=NOW, alarms=8)


def _write_day(writer: Writer, day: date) -> None:
    _write_calm(writer, day)
    _write_troubled(writer, day)
    if day <= date(2026, 2, 10):
        _deliver(writer, GONE, day, at=morning(day))
    if day != date(2026, 3, 29):
        failures = ["source sftp://mx@host/up: expected <b>an answer</b>"] if day.day == 5 else []
        writer.run(at=morning(day, hour=10), failures=failures, seconds=20.0 + day.day)


def _write_calm(writer: Writer, day: date) -> None:
    is_late = day == date(2026, 3, 12)
    schema_id = "s2" if day >= date(2026, 3, 1) else "s1"
    _deliver(writer, CALM, day, at=morning(day, hour=9 if is_late else 1), schema_id=schema_id)


def _write_troubled(writer: Writer, day: date) -> None:
    at, rows = morning(day), volumes(day)
    match (day.month, day.day):
        case (3, 2) | (3, 27):
            return
        case (3, 26):
            writer.listed(TROUBLED, day, rows, at=at)
            writer.landed(TROUBLED, day, {"users": rows["users"]}, at=at)
        case (3, 28):
            writer.listed(TROUBLED, day, rows, at=at)
            writer.landed(TROUBLED, day, {"users": rows["users"]}, at=at)
            why = {"reason": "checksum", "expected": "0" * 64, "found": "f" * 64}
            writer.rejected(TROUBLED, day, "accounts", at=at, **why)
            writer.landed(TROUBLED, day, {"transactions": rows["transactions"]}, at=at)
        case (3, 10):
            delivery = {"client_guid": TROUBLED, "snapshot_date": str(day)}
            writer.append(What.GIVEN_UP, None, at, **delivery)
        case _:
            _deliver(writer, TROUBLED, day, at=at)


def _deliver(
    writer: Writer, client: str, day: date, *, at: datetime, schema_id: str = "s1"
) -> None:
    writer.listed(client, day, volumes(day), at=at)
    writer.landed(client, day, volumes(day), at=at, schema_id=schema_id)


def _delivery(client: str, day: date) -> Delivery:
    return Delivery(client_guid=client, snapshot_date=day)


def _file(client: str, day: date, resource: str) -> DailyFile:
    return DailyFile(
        delivery=_delivery(client, day),
        resource=resource,
        event=Event.CREATED,
        stem=f"{client}.{day}.{resource}.created",
    )


def _listing(file: DailyFile, count: int) -> Listing:
    return Listing(
        file=file.stem,
        resource=file.resource,
        event=str(file.event),
        record_count=count,
        plain_bytes=count * 100,
        encrypted_bytes=1,
        checksum=_sha256(f"{file.stem} {count}"),
        effective_date=file.delivery.snapshot_date.isoformat(),
    )


def _bytes(file: DailyFile | ManifestFile) -> dict[str, Any]:
    name = f"{file.stem}.avro.pgp" if isinstance(file, DailyFile) else "manifest"
    return {
        "name": name,
        "encrypted_bytes": 1,
        "encrypted_sha256": _sha256(f"{file.delivery} {name}"),
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
