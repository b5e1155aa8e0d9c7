"""A folder of deliveries as the Reporting API shows it: the list, and the body of each file."""

import io
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from ingest.delivery.manifest import MAX_MANIFEST_BYTES, Listing, parse_manifest
from ingest.delivery.names import DailyFile, ManifestFile, is_ours, parse_name
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext
from sample.send.armour import Bodies, armour

KEPT_DAYS = 7
"""The file of day D exists from D + 1 until D + 8 (00:00 UTC)."""
MAX_PLAIN_BYTES = 4 << 30

Entry = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of one file as they are sent."""

    stream: BinaryIO
    size_bytes: int
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedDeliveries:
    """Reads the folder with every request, so that it shows new files."""

    folder: Path
    keyring: Keyring
    bodies: Bodies
    now: Callable[[], datetime]
    _manifests: dict[Path, tuple[tuple[int, int], list[Listing]]] = field(default_factory=dict)

    def clients(self) -> list[str]:
        """List the clients with files in the folder."""
        names = (path.name for path in self.folder.iterdir() if is_ours(path.name))
        return sorted({file.delivery.client_guid for name in names if (file := parse_name(name))})

    def is_gone(self, snapshot_date: date) -> bool:
        return self.now().date() > snapshot_date + timedelta(days=KEPT_DAYS)

    def list_files(self, client_guid: str) -> list[Entry]:
        """List the daily files that have not expired, from their manifests.

        Raises:
            RejectedError: a manifest is malformed, or no key of ours decrypts it.
            KeyringError: the keys cannot be used.
        """
        return [
            _entry(listing)
            for path in sorted(self.folder.glob(f"{client_guid}.*-manifest.csv.*"))
            if isinstance(file := parse_name(path.name), ManifestFile)
            and not self.is_gone(file.delivery.snapshot_date)
            for listing in self._read_manifest(path, file)
        ]

    @contextmanager
    def open_body(self, file: DailyFile) -> Iterator[Body]:
        """Open the body of one daily file.

        Raises:
            FileNotFoundError: it is not there.
            RejectedError, KeyringError: as `list_files`, if files are sent unencrypted.
        """
        path = self.folder / f"{file.stem}.avro.pgp"
        with path.open("rb") as stored:
            etag = "{:x}-{:x}".format(*_version(os.fstat(stored.fileno())))
            stream = self._as_sent(stored, path)
            size_bytes = stream.seek(0, io.SEEK_END)
            yield Body(stream, size_bytes, f'"{etag}-{self.bodies}"')

    def _as_sent(self, stored: BinaryIO, path: Path) -> BinaryIO:
        if self.bodies == "armour":
            return io.BytesIO(armour(stored.read()))
        if self.bodies == "plain":
            return io.BytesIO(self._decrypt(path, max_bytes=MAX_PLAIN_BYTES))
        return stored

    def _read_manifest(self, path: Path, file: ManifestFile) -> list[Listing]:
        version = _version(path.stat())
        known = self._manifests.get(path)
        if known is None or known[0] != version:
            text = self._decrypt(path, max_bytes=MAX_MANIFEST_BYTES)
            known = self._manifests[path] = version, parse_manifest(text, delivery=file.delivery)
        return known[1]

    def _decrypt(self, path: Path, *, max_bytes: int) -> bytes:
        with self.keyring.decrypt(path, max_bytes=max_bytes) as plain:
            return b"".join(_chunks(plain))


def _chunks(plain: Plaintext) -> Iterator[bytes]:
    while chunk := plain.read(1 << 18):
        yield chunk


def _version(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_mtime_ns, stat.st_size


def _entry(listing: Listing) -> Entry:
    return {
        "checksum": listing.checksum,
        "event_type": listing.event.upper(),
        "file_size": listing.plain_bytes,
        "guid": f"SLF-{uuid.uuid5(uuid.NAMESPACE_URL, listing.file)}",
        "name": listing.file,
        "number_of_records": listing.record_count,
        "resource_type": listing.resource.upper(),
    }
