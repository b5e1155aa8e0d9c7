"""A receiver to whom typical days come: delivered as MX would, or written straight into its data.

A day that is written straight follows the pattern of one that really came: its records under
another date, its header-only files as they are.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

from bench.patterns import RULES, read_patterns
from bench.typical_day import CLIENT, TypicalDays, date_of, files_of
from ingest.delivery.names import DailyFile
from ingest.openpgp.encrypt import Post
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.receiver_key import make_receiver_key
from ingest.pipeline import run
from ingest.receive.sources.local import LocalFolder
from ingest.settings import PASSPHRASE_FILE
from ingest.store.durable import hash_file
from ingest.store.keys_and_paths import landing_path
from ingest.store.ledger import read_records
from sample.send.daily_file import write_daily_file
from sample.send.delivery import Sent, manifest_text
from sample.send.schema import codec_of, make_schema, read_catalogue

PATTERN_DAY: Final = 1
"""The first typical one: all that is there before the changes comes on day 0."""
KEYS_A_FILE: Final = 1_000_000
CATALOGUE: Final = read_catalogue()


@dataclass(slots=True, kw_only=True)
class BenchReceiver:
    """A data folder, its source and its keys, and the day that comes next."""

    folder: Path
    days: TypicalDays
    post: Post
    next_day: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "MX_DATA": str(self.data),
            "MX_SOURCE": str(self.folder / "source"),
            "MX_GNUPGHOME": str(self.folder / "gnupg"),
        }

    def deliver_day(self) -> None:
        """Have the next day lie in the source, alone."""
        source, day = self.folder / "source", self.next_day
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir()
        sent = [self._send(file, day, source=source) for file in files_of(day)]
        self.send_manifest(sent, day, source=source)
        self.next_day += 1

    def send_manifest(self, sent: list[Sent], day: int, *, source: Path) -> None:
        manifest = source / f"{CLIENT}.{date_of(day)}-manifest.csv.pgp"
        with self.post.encrypt_into(manifest) as stream:
            stream.write(manifest_text(sent, effective_date=date_of(day)))

    def land_day(self) -> None:
        self.deliver_day()
        run(
            LocalFolder(self.folder / "source"),
            data=self.data,
            keyring=self.post.keyring,
            rules=RULES,
        )

    def _send(self, file: DailyFile, day: int, *, source: Path) -> Sent:
        path = source / f"{file.stem}.avro.pgp"
        rows = self.days.rows(file, day)
        schema = make_schema(file.resource, day=0, catalogue=CATALOGUE)
        codec = codec_of(file.resource)
        with write_daily_file(file, path=path, schema=schema, codec=codec, post=self.post) as made:
            for row in rows:
                made.write(row)
        return Sent(
            file=file,
            row_count=len(rows),
            plain_bytes=made.counted.size_bytes,
            encrypted_bytes=path.stat().st_size,
            checksum=made.counted.sha256.hexdigest(),
        )

    def write_days(self, until: int) -> None:
        """Write the days before one straight into landing and ledger."""
        pattern = self._pattern()
        *_, last = read_records(self.data / "ledger")
        at = datetime.fromisoformat(last["recorded_at"])
        for day in range(self.next_day, until):
            at += timedelta(days=1)
            self._write_day(day, at=at, pattern=pattern)
        self.next_day = max(self.next_day, until)

    def write_keys(self, size: int) -> None:
        """Write days until there are so many keys of transactions."""
        while (missing := size - self.days.first_key(self.next_day)) > 0:
            self.days.created_on[self.next_day] = min(missing, KEYS_A_FILE)
            self.write_days(self.next_day + 1)

    def _pattern(self) -> list[dict[str, Any]]:
        """The records of the pattern day, without those that came by the way."""
        day = date_of(PATTERN_DAY).isoformat()
        records = read_records(self.data / "ledger")
        return [record for record in records if record.get("snapshot_date") == day]

    def _write_day(self, day: int, *, at: datetime, pattern: list[dict[str, Any]]) -> None:
        (self.data / "archive" / CLIENT / date_of(day).isoformat()).mkdir(parents=True)
        counts: dict[str, tuple[int, str, str]] = {}
        for file, like in zip(files_of(day), files_of(PATTERN_DAY), strict=True):
            target = self.data / landing_path(file)
            target.parent.mkdir(parents=True, exist_ok=True)
            if self.days.has_rows(file, day):
                sha256 = hashlib.sha256(file.stem.encode()).hexdigest()
                count = self.days.write_parquet(file, day, sha256=sha256, target=target)
                counts[file.stem] = (count, sha256, hash_file(target))
            else:
                os.link(self.data / landing_path(like), target)
        month = self.data / "ledger" / f"{at:%Y-%m}.jsonl"
        with month.open("a", encoding="ascii") as ledger:
            for number, record in enumerate(pattern):
                recorded_at = (at + timedelta(microseconds=number)).isoformat()
                moved = _move_record(record, to=date_of(day), at=recorded_at, counts=counts)
                ledger.write(json.dumps(moved, separators=(",", ":")) + "\n")


def _move_record(
    record: dict[str, Any], *, to: date, at: str, counts: dict[str, tuple[int, str, str]]
) -> dict[str, Any]:
    text = json.dumps(record).replace(date_of(PATTERN_DAY).isoformat(), to.isoformat())
    moved: dict[str, Any] = json.loads(text)
    moved |= {"recorded_at": at.replace("+00:00", "Z"), "run_id": f"written-{to}"}
    if moved["what"] == "landed" and moved["file"] in counts:
        names = ("record_count", "plain_sha256", "parquet_sha256")
        moved |= zip(names, counts[moved["file"]], strict=True)
    for listing in moved.get("listed", ()):
        if listing["file"] in counts:
            listing["record_count"], listing["checksum"], _ = counts[listing["file"]]
    return moved


@contextmanager
def bench_receiver(folder: Path, *, transactions: int) -> Iterator[BenchReceiver]:
    """Give a receiver to whom the first two days have come, through every step.

    Args:
        folder, transactions: as of `new_receiver`.
    """
    with new_receiver(folder, transactions=transactions) as receiver:
        for _ in range(PATTERN_DAY + 1):
            receiver.land_day()
        yield receiver


@contextmanager
def new_receiver(folder: Path, *, transactions: int) -> Iterator[BenchReceiver]:
    """Give a receiver with keys, to whom nothing has come.

    Args:
        folder: where all of it lies; its path is short, for gpg-agent's socket in it.
        transactions: events of transactions a day.
    """
    home = folder / "gnupg"
    fingerprint = make_receiver_key(
        home, user_name="Benchmark", email="bench@localhost", expires="1d", passphrase=None
    )
    keyring = Keyring(home, passphrase=(home / PASSPHRASE_FILE).read_text().strip())
    post = Post(keyring=keyring, recipient=fingerprint)
    with duckdb.connect() as patterns:
        read_patterns(patterns, folder=folder, post=post)
        days = TypicalDays(transactions=transactions, patterns=patterns)
        yield BenchReceiver(folder=folder, days=days, post=post)
