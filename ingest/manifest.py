"""A delivery's manifest: what MX says it sent. Pure, no I/O.

Rule: one CSV row a daily file; columns are found by name (MX shows them in two orders), unknown
ones are ignored; upper-case types here are lower-case in the file's name and in our words.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.delivery import DailyFile, Delivery, parse_name, parse_stem
from ingest.errors import Reason, RejectedError

MAX_MANIFEST_BYTES = 16 << 20

_COLUMNS = {
    "FileName": "file",
    "ResourceType": "resource",
    "EventType": "event",
    "RecordCount": "record_count",
    "FileSize": "plain_bytes",
    "EncryptedFileSize": "encrypted_bytes",
    "Checksum": "checksum",
    "EffectiveDate": "effective_date",
}
_NUMBERS = ("record_count", "plain_bytes", "encrypted_bytes")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a manifest, or an API's list, says of one daily file; None is what it does not say."""

    file: str
    resource: str
    event: str
    record_count: int | None
    plain_bytes: int | None
    encrypted_bytes: int | None
    """Only a manifest says it, and of the file that comes with it."""
    checksum: str | None
    """SHA-256 in lower-case hex, of the plain file by MX's words; in a list perhaps another."""
    effective_date: str

    @property
    def daily_file(self) -> DailyFile | None:
        """The daily file that is meant; None where the name breaks the grammar."""
        return parse_stem(self.file)

    @property
    def sha256(self) -> str | None:
        """The checksum, where it can be one that is known here."""
        return self.checksum if self.checksum and is_sha256(self.checksum) else None


def is_sha256(checksum: str) -> bool:
    """Say whether a checksum looks like SHA-256 in lower-case hex."""
    return _SHA256.fullmatch(checksum) is not None


def parse_manifest(text: bytes, *, delivery: Delivery) -> list[Listing]:
    """Read a manifest's rows, in file order and each of them once.

    Raises:
        RejectedError: it is no such CSV, contradicts itself, or lists another delivery's files.
    """
    listings: dict[str, Listing] = {}
    for number, row in enumerate(_rows(text), start=2):
        listing = _listing(row, number=number)
        file = listing.daily_file
        if file is not None and file.delivery != delivery:
            raise _bad(f"files of {delivery.snapshot_date} in line {number}", "another delivery's")
        if listings.setdefault(listing.file, listing) != listing:
            raise _bad(f"one row a file, line {number}", "a second one that differs")
    return list(listings.values())


def _rows(text: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        reader = csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        missing = [name for name in _COLUMNS if header.count(name) != 1]
        if missing:
            raise _bad(f"the column {missing[0]} once", f"{header.count(missing[0])} of it")
        yield from reader
    except (UnicodeDecodeError, csv.Error) as error:
        raise _bad("CSV in UTF-8", type(error).__name__) from error


def _listing(row: Mapping[str, Any], *, number: int) -> Listing:
    values = {ours: row[theirs] for theirs, ours in _COLUMNS.items()}
    if None in values.values() or None in row:
        raise _bad(f"as many values as columns in line {number}", "more or fewer")
    values = {name: value.strip() for name, value in values.items()}
    for name in _NUMBERS:
        if not re.fullmatch(r"[0-9]{1,18}", values[name]):
            raise _bad(f"a whole number as {name} in line {number}", "something else")
    checksum = values["checksum"].lower()
    if not is_sha256(checksum):
        raise _bad(f"64 hex digits as checksum in line {number}", "something else")
    return Listing(
        file=_stem(values["file"]),
        resource=values["resource"].lower(),
        event=values["event"].lower(),
        record_count=int(values["record_count"]),
        plain_bytes=int(values["plain_bytes"]),
        encrypted_bytes=int(values["encrypted_bytes"]),
        checksum=checksum,
        effective_date=values["effective_date"],
    )


def _stem(file_name: str) -> str:
    """Drop the extension, which the manifest's file names should not have."""
    file = parse_name(file_name)
    return file.stem if isinstance(file, DailyFile) else file_name


def _bad(expected: str, found: str) -> RejectedError:
    return RejectedError(Reason.MANIFEST, expected=expected, found=found)
