"""A sender of daily files and manifests, whose claims a test may falsify."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fastavro

from ingest.openpgp.encrypt import Post
from ingest.openpgp.keyring import Keyring

CLIENT = "CLT-11111111-1111-4111-8111-111111111111"
DAY = "2026-01-02"
COLUMNS = (
    "ResourceType",
    "EventType",
    "RecordCount",
    "EffectiveDate",
    "FileSize",
    "EncryptedFileSize",
    "Checksum",
    "FileName",
)
USER = {
    "type": "record",
    "name": "users",
    "fields": [
        {"name": "guid", "type": "string"},
        {"name": "first_name", "type": ["null", "string"], "default": None},
    ],
}


def avro_bytes(
    rows: Sequence[Mapping[str, Any]], *, schema: Any = None, codec: str = "deflate"
) -> bytes:
    """Write an Avro object container."""
    stream = io.BytesIO()
    fastavro.writer(stream, schema or USER, rows, codec=codec)
    return stream.getvalue()


def users(*guids: str) -> list[dict[str, Any]]:
    return [{"guid": guid, "first_name": guid.title()} for guid in guids]


@dataclass
class Sender:
    """One delivery in the making, in the folder that is the source."""

    folder: Path
    keyring: Keyring
    recipient: str
    client: str = CLIENT
    day: str = DAY
    rows: list[dict[str, str]] = field(default_factory=list)

    def stem(self, resource: str = "users", event: str = "created") -> str:
        return f"{self.client}.{self.day}.{resource}.{event}"

    def send(
        self,
        plain: bytes,
        *,
        resource: str = "users",
        event: str = "created",
        record_count: int = 0,
        **claims: str,
    ) -> Path:
        """Put an encrypted daily file into the source and note its manifest row."""
        path = self.folder / f"{self.stem(resource, event)}.avro.pgp"
        self.encrypt(plain, path)
        row = {
            "ResourceType": resource.upper(),
            "EventType": event.upper(),
            "RecordCount": str(record_count),
            "EffectiveDate": self.day,
            "FileSize": str(len(plain)),
            "EncryptedFileSize": str(path.stat().st_size),
            "Checksum": hashlib.sha256(plain).hexdigest(),
            "FileName": self.stem(resource, event),
        }
        self.rows = [each for each in self.rows if each["FileName"] != row["FileName"]]
        self.rows.append(row | claims)
        return path

    def send_users(self, *guids: str, event: str = "created", **claims: str) -> Path:
        plain = avro_bytes(users(*guids))
        return self.send(plain, event=event, record_count=len(guids), **claims)

    def send_manifest(self, *, columns: Sequence[str] = COLUMNS) -> Path:
        """Put the manifest of all that was sent into the source."""
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(self.rows)
        return self.send_manifest_text(text.getvalue().encode())

    def send_manifest_text(self, text: bytes) -> Path:
        path = self.folder / f"{self.client}.{self.day}-manifest.csv.pgp"
        self.encrypt(text, path)
        return path

    def encrypt(self, plain: bytes, path: Path) -> None:
        path.unlink(missing_ok=True)
        post = Post(keyring=self.keyring, recipient=self.recipient)
        with post.encrypt_into(path) as stream:
            stream.write(plain)
