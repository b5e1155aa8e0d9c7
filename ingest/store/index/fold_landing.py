"""Apply records about files that land, or leave the landing. No I/O."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.store.erased import Delivered
from ingest.store.facts import Landed, What, result_in
from ingest.store.index.fold_files import Known, fold_result, rejection_in
from ingest.store.index.known import FileState
from ingest.store.keys_and_paths import key_in


def fold_landed(known: Known, record: dict[str, Any], at: datetime) -> None:
    file = known.change_file(key_in(record))
    if not _is_replaced(file, record["encrypted_sha256"]):
        fold_result(known, record, at)
    came = _delivered(file, record["encrypted_sha256"])
    file.landed = Landed(
        encrypted_bytes=record["encrypted_bytes"],
        encrypted_sha256=record["encrypted_sha256"],
        plain_sha256=record["plain_sha256"],
        plain_bytes=record["plain_bytes"],
        record_count=record["record_count"],
        listed_checksum=record.get("listed_checksum"),
        parquet_sha256=record.get("parquet_sha256"),
        delivered=came,
    )
    if file.first_landed_at is None:
        file.first_landed_at = at
        day = known.change_day(file.key.delivery)
        if file.listing and day.completed_at:
            day.completed_at = max(day.completed_at, at)
    known.note_landed(file.key, schema_id=record["schema_id"], file=record["file"])


def _is_replaced(file: FileState, sha256: str) -> bool:
    """Say whether bytes that have landed before land again, while newer ones have a result."""
    has_newer = file.archived is not None and file.archived.encrypted_sha256 != sha256
    return has_newer and file.landed is not None and file.landed.encrypted_sha256 == sha256


def _delivered(file: FileState, sha256: str) -> Delivered | None:
    """Give what came in place of a ciphertext that an erasure wrote."""
    if file.archived and file.archived.encrypted_sha256 == sha256:
        return file.archived.erased.delivered if file.archived.erased else None
    is_same = file.landed is not None and file.landed.encrypted_sha256 == sha256
    return file.landed.delivered if file.landed and is_same else None


def fold_made_anew(known: Known, record: dict[str, Any], _at: datetime) -> None:
    file = known.change_file(key_in(record))
    if file.landed:
        file.landed = replace(file.landed, parquet_sha256=record["parquet_sha256"])


def fold_set_aside(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Take an operator's word as the result for the bytes that had landed, and for no newer ones.

    Newer bytes that were turned away keep their own reason.
    """
    file = known.change_file(key_in(record))
    if file.landed:
        file.set_aside, file.landed = [*file.set_aside, file.landed], None
    result = result_in(record)
    if file.result is None or file.result.encrypted_sha256 == result.encrypted_sha256:
        file.result = replace(result, what=What.QUARANTINED)
    if file.result.reason == record["reason"]:
        file.rejection = rejection_in(record, at)
