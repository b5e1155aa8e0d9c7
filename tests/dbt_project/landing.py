"""A landing and its ledger, written as `ingest` writes them, out of plain rows."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.delivery.avro.schema import column_types
from ingest.delivery.names import DailyFile, Delivery, Event, baseline_file
from ingest.store.durable import hash_file
from ingest.store.keys_and_paths import landing_path, subject

CLIENT = "CLT-00000000-0000-0000-0000-000000000001"
OTHER_CLIENT = "CLT-00000000-0000-0000-0000-000000000002"
FIRST_DAY = date(2026, 1, 1)
FIRST_RECORD = datetime(2026, 2, 1, tzinfo=UTC)
Rows = list[dict[str, Any]]


def daily_file(name: str, *, day: int = 1, client: str = CLIENT, part: int = 1) -> DailyFile:
    """Name a daily file, or one of a baseline, by "resource.event" and the day of the month."""
    resource, event = name.split(".")
    snapshot_date = FIRST_DAY + timedelta(days=day - 1)
    delivery = Delivery(client_guid=client, snapshot_date=snapshot_date)
    if event == Event.BASELINE:
        return baseline_file(delivery, resource, part=part)
    return DailyFile(
        delivery=delivery,
        resource=resource,
        event=Event(event),
        stem=f"{client}.{snapshot_date}.{resource}.{event}",
    )


@dataclass(slots=True)
class Landing:
    """The landing and the ledger of one data folder."""

    data: Path
    records: int = 0
    """How many there are already: each is a microsecond younger than the one before."""

    def land(self, file: DailyFile, rows: Rows, *, schema: dict[str, pa.DataType]) -> None:
        """Land rows as one daily file; a file of that name is replaced."""
        table = pa.Table.from_pylist(rows, schema=pa.schema(schema))
        columns = column_types(table.schema)
        schema_id = hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]
        path = landing_path(file)
        (self.data / path).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(_with_lineage(table, file), self.data / path)
        self.record(what="schema", schema_id=schema_id, columns=columns)
        self.record(
            what="landed",
            **_subject(file),
            encrypted_bytes=1,
            plain_bytes=1,
            record_count=len(rows),
            plain_sha256=hashlib.sha256(repr((schema, rows)).encode()).hexdigest(),
            parquet_sha256=hash_file(self.data / path),
            schema_id=schema_id,
            decoder="fastavro",
        )

    def set_aside(self, file: DailyFile) -> None:
        """Take a landed file out."""
        self.record(what="set_aside", **_subject(file), reason="set_aside")
        (self.data / landing_path(file)).unlink()

    def record(self, **facts: Any) -> None:
        """Append one record to the ledger."""
        self.records += 1
        recorded_at = FIRST_RECORD + timedelta(microseconds=self.records)
        at = recorded_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        self.write(json.dumps({"recorded_at": at, "run_id": "a run", **facts}) + "\n")

    def write(self, text: str) -> None:
        """Append to the ledger what need not be a record."""
        ledger = self.data / "ledger" / "2026-02.jsonl"
        ledger.parent.mkdir(parents=True, exist_ok=True)
        with ledger.open("a") as lines:
            lines.write(text)


def _subject(file: DailyFile) -> dict[str, Any]:
    return subject(file) | {
        "name": f"{file.stem}.avro.pgp",
        "path": landing_path(file).as_posix(),
        "encrypted_sha256": "0" * 64,
    }


def _with_lineage(table: pa.Table, file: DailyFile) -> pa.Table:
    lineage = {
        "_resource": pa.scalar(file.resource),
        "_event": pa.scalar(str(file.event)),
        "_snapshot_date": pa.scalar(file.delivery.snapshot_date, pa.date32()),
        "_client_guid": pa.scalar(file.delivery.client_guid),
        "_source_file": pa.scalar(file.stem),
        "_source_sha256": pa.scalar("0" * 64),
    }
    row_numbers = pa.array(range(table.num_rows), pa.int64())
    table = table.append_column("_row_number", row_numbers)
    for name, value in lineage.items():
        table = table.append_column(name, pa.repeat(value, table.num_rows))
    return table
