"""One delivery: the daily files of a client and day, then their manifest."""

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

from ingest.delivery.names import DAILY_EVENTS, DailyFile, Delivery, Event
from ingest.openpgp.encrypt import Post
from sample.send.daily_file import OpenFile, write_daily_file
from sample.send.destination import UNFINISHED, Destination
from sample.send.resources import changes_of
from sample.send.schema import Catalogue, codec_of, make_schema
from sample.send.truth import Truth
from sample.world.life import Change, Day
from sample.world.world import Client

MANIFEST_COLUMNS = (
    "ResourceType",
    "EventType",
    "RecordCount",
    "EffectiveDate",
    "FileSize",
    "EncryptedFileSize",
    "Checksum",
    "FileName",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One daily file as its manifest lists it."""

    file: DailyFile
    row_count: int
    plain_bytes: int
    encrypted_bytes: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends deliveries of any client and day to one destination."""

    destination: Destination
    post: Post
    catalogue: Catalogue
    truth: Truth | None

    def send(self, client: Client, day: Day, *, resources: list[str]) -> list[Sent]:
        """Send one delivery, the manifest last."""
        sent = [each for name in resources for each in self._send_resource(name, client, day)]
        name = f"{client.guid}.{day.date}-manifest.csv.pgp"
        made = self.destination.workspace / (name + UNFINISHED)
        with self.post.encrypt_into(made) as stream:
            stream.write(manifest_text(sent, effective_date=day.date))
        self.destination.put(made, name=name)
        return sent

    def _send_resource(self, resource: str, client: Client, day: Day) -> Iterator[Sent]:
        """Send the three files of a resource, which are written at the same time."""
        schema = make_schema(resource, day=day.index, catalogue=self.catalogue)
        if self.truth:
            self.truth.learn(resource, schema)
        with ExitStack() as stack:
            open_files = {}
            for file in _daily_files(resource, client=client, day=day):
                open_files[file.event] = stack.enter_context(
                    write_daily_file(
                        file,
                        path=self.destination.workspace / f"{file.stem}.avro.pgp{UNFINISHED}",
                        schema=schema,
                        codec=codec_of(resource),
                        post=self.post,
                    )
                )
            self._write_rows(open_files, changes_of(resource, client=client, day=day))
        for written in open_files.values():
            yield self._put(written)

    def _write_rows(self, open_files: dict[Event, OpenFile], changes: Iterator[Change]) -> None:
        for event, row in changes:
            written = open_files[event]
            if self.truth:
                self.truth.add(written.file, row, number=written.row_count)
            written.write(row)

    def _put(self, written: OpenFile) -> Sent:
        encrypted_bytes = written.path.stat().st_size
        self.destination.put(written.path, name=f"{written.file.stem}.avro.pgp")
        return Sent(
            file=written.file,
            row_count=written.row_count,
            plain_bytes=written.counted.size_bytes,
            encrypted_bytes=encrypted_bytes,
            checksum=written.counted.sha256.hexdigest(),
        )


def _daily_files(resource: str, *, client: Client, day: Day) -> list[DailyFile]:
    delivery = Delivery(client_guid=client.guid, snapshot_date=day.date)
    stem = f"{client.guid}.{day.date}.{resource}"
    return [
        DailyFile(delivery=delivery, resource=resource, event=event, stem=f"{stem}.{event}")
        for event in DAILY_EVENTS
    ]


def manifest_text(sent: list[Sent], *, effective_date: date) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(MANIFEST_COLUMNS)
    for each in sent:
        rows.writerow(
            (
                each.file.resource.upper(),
                each.file.event.upper(),
                each.row_count,
                effective_date.isoformat(),
                each.plain_bytes,
                each.encrypted_bytes,
                each.checksum,
                each.file.stem,
            )
        )
    return text.getvalue().encode()
