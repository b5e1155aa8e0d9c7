"""Apply records about daily files and manifests. No I/O."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from ingest.delivery.manifest import Listing
from ingest.delivery.names import Delivery
from ingest.store.facts import (
    Archived,
    Rejection,
    Twins,
    Version,
    is_released,
    result_in,
)
from ingest.store.index.known import DayState, FileState
from ingest.store.index.tables.meta import Meta
from ingest.store.keys_and_paths import FileKey, delivery_in, key_in, key_of


class Known(Protocol):
    """The facts that records change; `change_...` gives them to be changed."""

    meta: Meta

    def change_day(self, delivery: Delivery) -> DayState: ...
    def change_file(self, key: FileKey) -> FileState: ...
    def give_client_up(self, client_guid: str) -> None: ...
    def note_erased_keys(self, keys: Iterable[str]) -> None: ...
    def note_version(self, key: str, version: Version) -> None: ...
    def note_landed(self, key: FileKey, *, schema_id: str, file: str) -> None: ...


def fold_archived(known: Known, record: dict[str, Any], at: datetime) -> None:
    note_version(known, record)
    known.meta.bad_names.pop(record["name"], None)
    archived = Archived(
        name=record["name"],
        encrypted_bytes=record["encrypted_bytes"],
        encrypted_sha256=record["encrypted_sha256"],
        at=at,
        plain_sha256=record.get("plain_as_delivered"),
    )
    day = known.change_day(delivery_in(record))
    if "resource" not in record:
        day.manifest = _newer(day.manifest, archived)
        return
    file = known.change_file(key_in(record))
    _note_twin(file, record)
    file.archived = _newer(file.archived, archived)
    file.choose_twin(manifest_sha256=day.sha256_for(file.key))
    file.delivered_name = record.get("delivered_name", file.delivered_name)


def _note_twin(file: FileState, record: dict[str, Any]) -> None:
    """Keep what is known of a file when one of another extension and other bytes comes."""
    archived = file.archived
    if archived is None or archived.encrypted_sha256 == record["encrypted_sha256"]:
        return
    if archived.name != record["name"]:
        file.twins = file.twins or Twins()
        file.twins.others[archived.name] = archived
        if file.result and file.result.is_quarantined:
            refused = (file.result.encrypted_sha256, file.result.manifest_sha256)
            file.twins.refused.add(refused)
    if file.twins:
        file.twins.others.pop(record["name"], None)


def _newer(known: Archived | None, archived: Archived) -> Archived:
    """Keep the first record of the same bytes: under a new date they are nothing new."""
    is_same = known is not None and known.encrypted_sha256 == archived.encrypted_sha256
    return known if known and is_same else archived


def fold_listed(known: Known, record: dict[str, Any], at: datetime) -> None:
    day = known.change_day(delivery_in(record))
    day.manifest_sha256 = record.get("list_sha256") or record["encrypted_sha256"]
    day.is_unfinished = bool(record.get("is_unfinished"))
    if "list_sha256" not in record:
        day.result = result_in(record)
    _note_listings(known, day, [Listing(**listing) for listing in record["listed"]])
    day.first_listed_at = day.first_listed_at or at
    landed = (file.first_landed_at for file in day.files.values() if file.listing)
    day.completed_at = max([day.first_listed_at, *filter(None, landed)])


def _note_listings(known: Known, day: DayState, listings: list[Listing]) -> None:
    """Replace all listings of a day; every file's result is compared with the new manifest."""
    for key in list(day.files):
        known.change_file(key).listing = None
    for listing in listings:
        if daily_file := listing.daily_file:
            known.change_file(key_of(daily_file)).listing = listing
    for file in day.files.values():
        if file.listing:
            file.choose_twin(manifest_sha256=day.sha256_for(file.key))


def fold_gone(known: Known, record: dict[str, Any], _at: datetime) -> None:
    file = known.change_file(key_in(record))
    file.is_gone, file.gone_checksum = True, record.get("listed_checksum")


def fold_result(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Keep the result for a file, or for the manifest of a day."""
    result = result_in(record)
    if "resource" not in record:
        day = known.change_day(delivery_in(record))
        day.result = result
        day.rejection = rejection_in(record, at) if result.is_quarantined else day.rejection
        return
    file = known.change_file(key_in(record))
    if is_released(file.result, result):
        file.set_aside = []
    file.result = result
    if result.is_quarantined:
        file.rejection = rejection_in(record, at)
        if file.twins:
            file.twins.refused.add((result.encrypted_sha256, result.manifest_sha256))
            day = known.change_day(delivery_in(record))
            file.choose_twin(manifest_sha256=day.sha256_for(file.key))


def rejection_in(record: dict[str, Any], at: datetime) -> Rejection:
    facts = {name: str(record.get(name, "")) for name in ("name", "reason", "expected", "found")}
    return Rejection(**facts, at=at)


def note_version(known: Known, record: dict[str, Any]) -> None:
    key = record.get("listed_as", record["name"])
    version = (record["source_bytes"], record["source_modified_at"], record.get("source_checksum"))
    known.note_version(key, version)
