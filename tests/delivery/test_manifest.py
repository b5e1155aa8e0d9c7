"""A manifest is read by the names of its columns, and may not contradict itself."""

from collections.abc import Sequence
from datetime import date

import pytest

from ingest.delivery.manifest import parse_manifest
from ingest.delivery.names import Delivery
from ingest.errors import RejectedError
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
    "file_name",
    [
        f"{STEM}.avro",
        f"{STEM}.avro.pgp",
        f"{STEM}.AVRO.PGP",
        f"{STEM}.gpg",
        f"/out/{STEM}",
        f"out/{STEM}.avro",
        f"C:\\out\\{STEM}.avro.pgp",
        f" {STEM} ",
    ],
)
def test_a_file_name_may_have_a_folder_and_any_extension(file_name: str) -> None:
    [listing] = parse_manifest(manifest(ROW | {"FileName": file_name}), delivery=DELIVERY)

    assert listing.file == STEM


def test_a_client_is_the_same_in_either_case() -> None:
    client = "CLT-abcdefab-cdef-4bcd-8bcd-abcdefabcdef"
    delivery = Delivery(client_guid=client, snapshot_date=date(2026, 1, 2))
    name = f"{client.upper()}.2026-01-02.users.created"

    [listing] = parse_manifest(manifest(ROW | {"FileName": name}), delivery=delivery)

    assert listing.daily_file is not None
    assert listing.daily_file.delivery == delivery


QUOTED = '"' + '","'.join(COLUMNS) + '"'
LINE = ",".join(ROW[column] for column in COLUMNS)
GOOD = {
    "CRLF": manifest(ROW) + b"\r\n",
    "LF": manifest(ROW).replace(b"\r\n", b"\n"),
    "CR": manifest(ROW).replace(b"\r\n", b"\r"),
    "CR CRLF": manifest(ROW).replace(b"\r\n", b"\r\r\n"),
    "two byte order marks": b"\xef\xbb\xbf" * 2 + manifest(ROW),
    "quotes": f'{QUOTED}\n"{LINE.replace(",", chr(34) + "," + chr(34))}"'.encode(),
    "quotes after blanks": f"{QUOTED.replace(',', ', ')}\n{LINE.replace(',', ', ')}".encode(),
    "a header in lower case": manifest(ROW).replace(b"FileName", b"filename"),
    "a header in upper case": ",".join(COLUMNS).upper().encode() + b"\n" + LINE.encode(),
    "a header with blanks": manifest(ROW).replace(b"FileName", b" File Name "),
    "a header with _": manifest(ROW).replace(b"RecordCount", b"record_count"),
    "a header after empty lines": b"\r\n\r\n" + manifest(ROW),
    "commas at each end": manifest(ROW).replace(b"\r\n", b",\r\n") + b",",
    "commas at the end of rows": manifest(ROW) + b",,",
    "empty lines between": manifest(ROW).replace(b"\r\n", b"\r\n\r\n"),
    "numbers with blanks": manifest(ROW | {"RecordCount": " 7 ", "FileSize": "\t1274"}),
    "a hash in upper case": manifest(ROW | {"Checksum": "AB" * 32}),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_sender_may_write_the_same_csv_otherwise(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    [listing] = parse_manifest(GOOD[kind], delivery=DELIVERY)

    assert listing == parse_manifest(manifest(ROW), delivery=DELIVERY)[0]
    assert caplog.text == ""


ENDS = {
    "blanks": (b"\r\n   ", "found ends of blanks or Ctrl-Z: 1;"),
    "lines of blanks": (b"\r\n  \t\r\n   \r\n", "found ends of blanks or Ctrl-Z: 1;"),
    "Ctrl-Z": (b"\r\n\x1a", "found ends of blanks or Ctrl-Z: 1;"),
    "Ctrl-Z at once": (b"\x1a", "found ends of blanks or Ctrl-Z: 1;"),
    "zeros": (b"\r\n\0\0\0", "found ends of blanks or Ctrl-Z: 1;"),
    "commas": (b"\r\n,,,,,,,\r\n ,,\r\n", "found rows of blanks: 2;"),
    "TOTAL": (b"\r\nTOTAL,,7,,,,,", "found rows of totals: 1;"),
    "Total of two cells": (b"\r\nTotal,1\r\n", "found rows of totals: 1;"),
    "totals with words": (b"\r\nTotal files: 1\r\n\x1a", "found rows of totals: 1;"),
    "grand total": (b'\r\n,"Grand Total",7,,,,,', "found rows of totals: 1;"),
    "trailer": (b"\r\nTRAILER,1", "found rows of totals: 1;"),
}


@pytest.mark.parametrize("kind", ENDS)
def test_what_fills_up_the_end_of_a_manifest_is_warned_of(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    end, said = ENDS[kind]

    [listing] = parse_manifest(manifest(ROW) + end, delivery=DELIVERY)

    assert listing.file == STEM
    assert "of 2026-01-02: expected only rows of files" in caplog.text
    assert said in caplog.text


def test_a_row_that_names_no_daily_file_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    parse_manifest(manifest(ROW, ROW | {"FileName": "users.created"}), delivery=DELIVERY)

    assert "found rows that name no daily file: 1;" in caplog.text


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
        (manifest(ROW).replace(b",", b";"), "commas between columns, found ';'"),
        (manifest(ROW).replace(b",", b"\t"), "commas between columns, found '\\t'"),
        (manifest(ROW) + b"\r\nUSERS,DELETED,7", "as many values as columns in line 3"),
        (manifest(ROW) + b"\r\nUSERS,DELETED,7,,,,,", "a whole number as plain_bytes in line 3"),
        (manifest(ROW) + b"\r\nTOTAL\r\n" + LINE.encode(), "a row of totals only at the end"),
        (manifest(ROW | {"RecordCount": "1 274"}), "a whole number as record_count"),
        (manifest(ROW).decode().encode("utf-16"), "CSV in UTF-8"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_manifest_that_cannot_be_trusted_is_rejected(text: bytes, said: str) -> None:
    with pytest.raises(RejectedError, match="manifest: expected") as rejected:
        parse_manifest(text, delivery=DELIVERY)

    assert said in str(rejected.value)
