"""The Reporting API's list of daily files. Pure, no I/O.

MX documents the names of the fields, all optional. Inferred: size and checksum are those of the
plain file. A checksum of 64 hex digits is SHA-256.
"""

import json
import logging
from typing import Any, Final

from ingest.delivery.manifest import Listing, is_sha256
from ingest.delivery.names import DailyFile, is_ours, parse_name, parse_stem
from ingest.errors import SourceError
from ingest.receive.sources import SourceFile

MAX_LIST_BYTES: Final = 64 << 20
EXTENSION: Final = ".avro.pgp"
"""The archive names a file as SFTP does: it holds ciphertext."""
LONGEST_NAME: Final = 200

log = logging.getLogger(__name__)


def read_list(body: bytes) -> list[SourceFile]:
    """Read the files of a list; the last row of a file counts.

    Raises:
        SourceError: the answer is no such list.
    """
    try:
        answer = json.loads(body)
        rows = answer["daily_snapshot_files"]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(
            "https: expected daily_snapshot_files, a list of objects in JSON, "
            "found another answer; check MX_SOURCE"
        ) from error
    files: dict[str, SourceFile] = {}
    nameless = 0
    for row in rows:
        name = row.get("name")
        if not isinstance(name, str) or not is_ours(name):
            nameless += 1
            continue
        listed = _read_row(name, row)
        if files.setdefault(listed.name, listed) != listed:
            log.warning(
                "the list has %s twice with different values; the last row counts", listed.name
            )
            files[listed.name] = listed
    if nameless:
        log.warning("the list has %d rows without the name of a daily file", nameless)
    return list(files.values())


def _read_row(name: str, row: dict[str, Any]) -> SourceFile:
    known = parse_stem(name) or parse_name(name)
    file = known if isinstance(known, DailyFile) else None
    stem = file.stem if file else ascii(name[:LONGEST_NAME])[1:-1]
    size_bytes = _number(row, "file_size")
    listing = Listing(
        file=stem,
        resource=_word(row, "resource_type") or (file.resource if file else ""),
        event=_word(row, "event_type") or (file.event if file else ""),
        record_count=_number(row, "number_of_records"),
        plain_bytes=size_bytes,
        encrypted_bytes=None,
        checksum=_checksum(row),
        effective_date=file.delivery.snapshot_date.isoformat() if file else "",
    )
    return SourceFile(name=stem + EXTENSION, size_bytes=size_bytes or 0, listing=listing)


def _checksum(row: dict[str, Any]) -> str | None:
    """Return hex digits in lower case, and any other text as it is: it is only recorded."""
    checksum = row.get("checksum")
    if not isinstance(checksum, str) or not checksum.strip():
        return None
    checksum = checksum.strip()[:LONGEST_NAME]
    return checksum.lower() if is_sha256(checksum.lower()) else checksum


def _word(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value.strip().lower() if isinstance(value, str) else ""


def _number(row: dict[str, Any], name: str) -> int | None:
    """Return an integer below 2 to the 62nd, written as a number or as text."""
    value = row.get(name)
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value.strip()[:19])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 62:
        return None
    return value
