"""A delivery's manifest: the list of the files that MX sent. Pure, no I/O.

It has one CSV row a daily file. Columns are found by name, because MX shows them in two orders;
unknown columns are ignored. Resources and events are upper-case here, and lower-case in file names.
"""

import csv
import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.delivery.names import DailyFile, Delivery, parse_stem
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
_PADDING = " \t\r\n\0\x1a"
"""Padding at the end of a file: DOS ends a text with Ctrl-Z, mainframes with blanks."""
_TOTALS = re.compile(
    r"(grand[\s_-]*)?totals?\b.*|sum(mary)?|counts?|records?|rows?|trailer|footer|eof"
    r"|end( of (file|manifest|data))?",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"(\.avro)?(\.(pgp|gpg))?$", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The row of one daily file in a manifest or an API's list; None where the row says nothing."""

    file: str
    resource: str
    event: str
    record_count: int | None
    plain_bytes: int | None
    encrypted_bytes: int | None
    """Only a manifest says it."""
    checksum: str | None
    """SHA-256 of the plain file in lower-case hex; an API's list may have another checksum."""
    effective_date: str

    @property
    def daily_file(self) -> DailyFile | None:
        """The daily file of the row; None where the name breaks the grammar."""
        return parse_stem(self.file)

    @property
    def sha256(self) -> str | None:
        """The checksum, if it looks like SHA-256."""
        return self.checksum if self.checksum and is_sha256(self.checksum) else None


def is_sha256(checksum: str) -> bool:
    """Say whether a checksum looks like SHA-256 in lower-case hex."""
    return _SHA256.fullmatch(checksum) is not None


def parse_manifest(text: bytes, *, delivery: Delivery) -> list[Listing]:
    """Read the rows of a manifest in file order, each row once.

    Blank rows are skipped with a warning; so are Ctrl-Z and a row of totals at the end.

    Raises:
        RejectedError: it is no such CSV, contradicts itself, or lists another delivery's files.
    """
    listings: dict[str, Listing] = {}
    others: Counter[str] = Counter()
    for number, row in _file_rows(text, others=others):
        listing = _listing(row, number=number)
        file = listing.daily_file
        if file is None:
            others["rows that name no daily file"] += 1
        elif file.delivery != delivery:
            raise _bad(f"files of {delivery.snapshot_date} in line {number}", "another delivery's")
        if listings.setdefault(listing.file, listing) != listing:
            raise _bad(f"one row a file, line {number}", "a second one that differs")
    for kind, count in others.items():
        log.warning(
            "manifest of %s of %s: expected only rows of files, found %s: %d; they were skipped",
            delivery.client_guid,
            delivery.snapshot_date,
            kind,
            count,
        )
    return list(listings.values())


def _file_rows(text: bytes, *, others: Counter[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of files by our names of the columns, after their line numbers.

    Args:
        others: counts the other rows by kind.
    """
    rows = _rows(text, others=others)
    number, header = next(rows, (0, []))
    positions = _positions(header)
    totals = False
    for number, row in rows:
        if totals:
            raise _bad("a row of totals only at the end", f"another row in line {number}")
        if totals := _is_of_totals(row, file_name=row[positions["file"] : positions["file"] + 1]):
            others["rows of totals"] += 1
            continue
        if len(row) < len(header) or any(row[len(header) :]):
            raise _bad(f"as many values as columns in line {number}", "more or fewer")
        yield number, {name: row[position] for name, position in positions.items()}


def _rows(text: bytes, *, others: Counter[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, with stripped values."""
    try:
        content = text.decode("utf-8-sig").lstrip("\ufeff")
        if (kept := content.rstrip(_PADDING)) != content.rstrip("\r\n"):
            others["ends of blanks or Ctrl-Z"] += 1
        reader = csv.reader(io.StringIO(kept, newline=""), strict=True, skipinitialspace=True)
        for row in reader:
            if any(values := [value.strip() for value in row]):
                yield reader.line_num, values
            elif row:
                others["rows of blanks"] += 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise _bad("CSV in UTF-8", type(error).__name__) from error


def _positions(header: list[str]) -> dict[str, int]:
    """Find our columns in a header, in any case and with blanks or _ between words."""
    if len(header) == 1 and (separator := re.search(r"[;\t|]", header[0])):
        raise _bad("commas between columns", repr(separator[0]))
    names = [re.sub(r"[\s_]", "", name).lower() for name in header]
    for name in _COLUMNS:
        if (count := names.count(name.lower())) != 1:
            raise _bad(f"the column {name} once", f"{count} of it")
    return {ours: names.index(theirs.lower()) for theirs, ours in _COLUMNS.items()}


def _is_of_totals(row: list[str], *, file_name: list[str]) -> bool:
    """Say whether a row holds totals and names no file; some senders end a list so."""
    first = next(filter(None, row))
    return _TOTALS.fullmatch(first) is not None and not any(set(file_name) - {"", first})


def _listing(values: Mapping[str, str], *, number: int) -> Listing:
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
    """Remove a folder and an extension, which a manifest's file names should not have."""
    stem = _EXTENSION.sub("", re.split(r"[/\\]", file_name)[-1])
    return stem if parse_stem(stem) else file_name


def _bad(expected: str, found: str) -> RejectedError:
    return RejectedError(Reason.MANIFEST, expected=expected, found=found)
