"""Apply records about erasures. No I/O."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from ingest.store.erased import Delivered, Erased, Erasure, Move
from ingest.store.facts import Archived, Landed, What
from ingest.store.index.fold_files import Known
from ingest.store.index.known import FileState
from ingest.store.keys_and_paths import key_in


def fold_erasure(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Note a request to erase, the hashed keys of what it is about, or its end."""
    known.note_erased_keys(record.get("keys") or [])
    known.meta.erases_with = record.get("key_check") or known.meta.erases_with
    if record["state"] == "begun":
        known.meta.erasures.append(
            Erasure(
                erasure=record["erasure"],
                client_guid=record["client_guid"],
                requested_by=record["requested_by"],
                at=at,
            )
        )
    elif record["state"] == "ended":
        left = [each for each in known.meta.erasures if each.erasure != record["erasure"]]
        known.meta.erasures[:] = left


def fold_erased(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Replace the facts of a ciphertext by those of the one without the erased rows."""
    known.note_erased_keys(record.get("keys") or [])
    move = Move(**record["move"])
    known.meta.moves.append(move)
    file = known.change_file(key_in(record))
    file.removed = [*file.removed, *move.removed]
    if "encrypted_sha256" not in record:
        return
    before, erased = record["replaces_sha256"], _erased_in(record)
    if file.archived and file.archived.encrypted_sha256 == before:
        file.archived = _archived(file.archived, record, erased)
    if file.twins:
        file.twins.others = {
            name: _archived(each, record, erased) if each.encrypted_sha256 == before else each
            for name, each in file.twins.others.items()
        }
    if file.result and file.result.encrypted_sha256 == before and not _has_landed(file):
        file.result = replace(file.result, encrypted_sha256=record["encrypted_sha256"])
    if file.landed and file.landed.encrypted_sha256 == before:
        file.landed = _landed(file.landed, record, erased)
    file.set_aside = [
        _landed(each, record, erased) if each.encrypted_sha256 == before else each
        for each in file.set_aside
    ]


def _has_landed(file: FileState) -> bool:
    """Say whether the last result is a landing, so that the new bytes have to land as well."""
    return file.result is not None and file.result.what == What.LANDED


def _erased_in(record: dict[str, Any]) -> Erased:
    return Erased(
        plain_bytes=record["plain_bytes"],
        plain_sha256=record["plain_sha256"],
        record_count=record["record_count"],
        delivered=Delivered(**record["delivered"]),
    )


def _archived(archived: Archived, record: dict[str, Any], erased: Erased) -> Archived:
    return replace(
        archived,
        encrypted_bytes=record["encrypted_bytes"],
        encrypted_sha256=record["encrypted_sha256"],
        plain_sha256=None,
        erased=erased,
    )


def _landed(landed: Landed, record: dict[str, Any], erased: Erased) -> Landed:
    """Replace all but the Parquet file's hash, which changes when the new one has landed."""
    facts = asdict(erased)
    facts.pop("delivered")
    return replace(
        landed,
        encrypted_bytes=record["encrypted_bytes"],
        encrypted_sha256=record["encrypted_sha256"],
        listed_checksum=erased.delivered.listed_checksum or landed.listed_checksum,
        delivered=erased.delivered,
        **facts,
    )
