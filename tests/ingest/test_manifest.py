"""A manifest is found by its columns' names, and may not contradict itself."""

from collections.abc import Sequence
from datetime import date

import pytest

from ingest.delivery import Delivery
from ingest.errors import RejectedError
from ingest.manifest import parse_manifest
from tests.support.sender import CLIENT, COLUMNS

DELIVERY = Delivery(client_guid=CLIENT, snapshot_date=date(2026, 1, 2))
STEM = f"{CLIENT}.2026-01-02.users.created"
ROW = {
    "ResourceType": "USERS",
    "EventType": "CREATED",
    "RecordCount": "7",
    "EffectiveDate": "2026-01-02",
    "FileSize": "1274",
    "EncryptedFileSize": "1198",
    "Checksum": "AB" * 32,
    "FileName": STEM,
}


def manifest(*rows: dict[str, str], columns: Sequence[str] = COLUMNS) -> bytes:
    lines = [columns, *([row[column] for column in columns] for row in rows)]
    return "\r\n".join(",".join(line) for line in lines).encode()


@pytest.mark.parametrize(
    "columns",
    [COLUMNS, sorted(COLUMNS), [*COLUMNS, "Unknown"]],
    ids=["as MX shows them", "alphabetical", "one that nobody knows"],
)
def test_columns_are_read_by_name_in_any_order(columns: Sequence[str]) -> None:
    text = manifest(ROW | {"Unknown": "x"}, columns=columns)

    [listing] = parse_manifest(text, delivery=DELIVERY)

    assert (listing.file, listing.resource, listing.event) == (STEM, "users", "created")
    assert (listing.record_count, listing.plain_bytes, listing.encrypted_bytes) == (7, 1274, 1198)
    assert listing.checksum == "ab" * 32


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert len(parse_manifest(b"\xef\xbb\xbf" + manifest(ROW), delivery=DELIVERY)) == 1


def test_the_same_row_twice_is_one_row() -> None:
    assert len(parse_manifest(manifest(ROW, ROW), delivery=DELIVERY)) == 1


def test_a_manifest_of_no_files_is_one() -> None:
    assert parse_manifest(manifest(), delivery=DELIVERY) == []


def test_a_file_name_with_its_extension_means_the_same_file() -> None:
    [listing] = parse_manifest(manifest(ROW | {"FileName": f"{STEM}.pgp"}), delivery=DELIVERY)

    assert listing.daily_file is not None
    assert listing.daily_file.resource == "users"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "the column FileName once, found 0"),
        (b"\xff\xfe", "CSV in UTF-8"),
        (manifest(ROW, columns=COLUMNS[:-1]), "the column FileName once, found 0"),
        (manifest(ROW, columns=[*COLUMNS, "Checksum"]), "the column Checksum once, found 2"),
        (manifest(ROW) + b",more", "as many values as columns in line 2"),
        (manifest(ROW, ROW | {"RecordCount": "8"}), "one row a file, line 3"),
        (manifest(ROW | {"RecordCount": "-1"}), "a whole number as record_count in line 2"),
        (manifest(ROW | {"FileSize": "9" * 30}), "a whole number as plain_bytes"),
        (manifest(ROW | {"Checksum": "zz"}), "64 hex digits"),
        (manifest(ROW | {"FileName": STEM.replace("-02.", "-03.")}), "files of 2026-01-02"),
        (manifest(ROW) + b'\r\n"' + b"x" * 200_000, "CSV in UTF-8"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_manifest_that_cannot_be_trusted_is_rejected(text: bytes, said: str) -> None:
    with pytest.raises(RejectedError, match="manifest: expected") as rejected:
        parse_manifest(text, delivery=DELIVERY)

    assert said in str(rejected.value)
