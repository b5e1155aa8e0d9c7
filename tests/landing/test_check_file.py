"""A daily file lands only if it is what its manifest says."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.store.ledger import read_records
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.sender import CLIENT, DAY, Sender, avro_bytes, users

NAME = f"{CLIENT}.{DAY}.users.created.avro.pgp"


def guids(data: Path) -> list[str]:
    return [row["guid"] for row in landed_rows(data)]


def claim(**claims: str) -> Callable[[Sender], object]:
    return lambda sender: sender.send_users("a", **claims)


def cut_off(sender: Sender) -> None:
    path = sender.send_users("a")
    path.write_bytes(path.read_bytes()[:-40])


def cut_off_and_so_listed(sender: Sender) -> None:
    cut_off(sender)
    path = sender.folder / NAME
    sender.rows[0]["EncryptedFileSize"] = str(path.stat().st_size)


@pytest.mark.parametrize(
    ("send", "reason"),
    [
        (claim(Checksum="0" * 64), "checksum"),
        (claim(FileSize="7"), "size"),
        (claim(FileSize="100000"), "size"),
        (claim(EncryptedFileSize="7"), "size"),
        (claim(RecordCount="2"), "record_count"),
        (claim(EventType="DELETED"), "name"),
        (cut_off, "truncated"),
        (cut_off_and_so_listed, "damaged"),
        (lambda sender: sender.send(b"no container"), "not_avro"),
        (lambda sender: sender.send(avro_bytes(users("a"))[:-20], record_count=1), "not_avro"),
        (lambda sender: sender.send(b""), "not_avro"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_what_it_claims_never_lands(
    sender: Sender,
    ingest: Ingest,
    data: Path,
    send: Callable[[Sender], object],
    reason: str,
) -> None:
    send(sender)
    sender.send_users("good", event="updated")
    sender.send_manifest()

    summary = ingest(settle_hours=0)

    assert quarantine_reasons(data) == {NAME: reason}
    assert guids(data) == ["good"]
    assert (summary.files_landed, summary.statuses["quarantined"]) == (1, 1)  # type: ignore[index]  # by its text


def test_a_checksum_of_the_encrypted_file_counts_and_is_noted(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    path = sender.send_users("a")
    plain_sha256 = sender.rows[0]["Checksum"]
    sender.rows[0]["Checksum"] = hashlib.sha256(path.read_bytes()).hexdigest()
    sender.send_manifest()

    ingest()

    [record] = [each for each in read_records(data / "ledger") if each["what"] == "landed"]
    assert record["checksum_of"] == "encrypted"
    assert landed_rows(data)[0]["_source_sha256"] == plain_sha256
