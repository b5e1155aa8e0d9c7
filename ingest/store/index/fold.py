"""Apply the ledger's records to what is known, one by one in their order. No I/O."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from ingest.delivery.manifest import Listing
from ingest.delivery.names import Delivery, Event
from ingest.store.index.known import DayState, FileState
from ingest.store.record.facts import (
    Archived,
    Failing,
    Landed,
    Rejection,
    Run,
    Twins,
    Version,
    What,
    is_released,
    result_in,
)
from ingest.store.record.keys import Place, delivery_in, place_in, place_of


class Known(Protocol):
    """What records are applied to. `change_...` gives what is known and keeps it."""

    last_recorded_at: str
    failing: Failing | None

    @property
    def runs(self) -> list[Run]: ...
    @property
    def bad_names(self) -> dict[str, Rejection]: ...
    def change_day(self, delivery: Delivery) -> DayState: ...
    def change_file(self, place: Place) -> FileState: ...
    def give_client_up(self, client_guid: str) -> None: ...
    def note_client(self, client_guid: str, *, at: datetime) -> None: ...
    def note_version(self, key: str, version: Version) -> None: ...
    def note_schema(self, schema_id: str, columns: list[dict[str, Any]]) -> None: ...
    def note_landed(self, place: Place, *, schema_id: str, file: str) -> None: ...


RUNS_KEPT: Final = 30


def fold(known: Known, record: dict[str, Any]) -> None:
    """Apply one record."""
    known.last_recorded_at = record["recorded_at"]
    at = datetime.fromisoformat(record["recorded_at"])
    if "client_guid" in record and record.get("event") != Event.BASELINE:
        known.note_client(record["client_guid"], at=at)
    _note_run(known, record, at)
    if "name" in record and "client_guid" not in record:
        _fold_name(known, record, at)
    else:
        _FOLDS[record["what"]](known, record, at)


def _fold_name(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Keep a name that breaks the grammar, until it is given up."""
    if record["what"] == What.GIVEN_UP:
        known.bad_names.pop(record["name"], None)
    else:
        known.bad_names[record["name"]] = _rejection_in(record, at)
        _note_version(known, record)


def _fold_archived(known: Known, record: dict[str, Any], at: datetime) -> None:
    _note_version(known, record)
    known.bad_names.pop(record["name"], None)
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
    file = known.change_file(place_in(record))
    _note_twin(file, record)
    file.archived = _newer(file.archived, archived)
    file.choose_twin(manifest_sha256=day.sha256_for(file.place))
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


def _fold_listed(known: Known, record: dict[str, Any], at: datetime) -> None:
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
    for place in list(day.files):
        known.change_file(place).listing = None
    for listing in listings:
        if daily_file := listing.daily_file:
            known.change_file(place_of(daily_file)).listing = listing
    for file in day.files.values():
        if file.listing:
            file.choose_twin(manifest_sha256=day.sha256_for(file.place))


def _fold_gone(known: Known, record: dict[str, Any], _at: datetime) -> None:
    file = known.change_file(place_in(record))
    file.is_gone, file.gone_checksum = True, record.get("listed_checksum")


def _fold_given_up(known: Known, record: dict[str, Any], _at: datetime) -> None:
    if "resource" in record:
        known.change_file(place_in(record)).is_given_up = True
    elif "snapshot_date" in record:
        day = known.change_day(delivery_in(record))
        day.is_given_up = True
        for place in list(day.files):
            known.change_file(place)
    else:
        known.give_client_up(record["client_guid"])


def _fold_result(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Keep the result for a file, or for the manifest of a day."""
    result = result_in(record)
    if "resource" not in record:
        day = known.change_day(delivery_in(record))
        day.result = result
        day.rejection = _rejection_in(record, at) if result.is_quarantined else day.rejection
        return
    file = known.change_file(place_in(record))
    if is_released(file.result, result):
        file.set_aside = []
    file.result = result
    if result.is_quarantined:
        file.rejection = _rejection_in(record, at)
        if file.twins:
            file.twins.refused.add((result.encrypted_sha256, result.manifest_sha256))
            day = known.change_day(delivery_in(record))
            file.choose_twin(manifest_sha256=day.sha256_for(file.place))


def _fold_landed(known: Known, record: dict[str, Any], at: datetime) -> None:
    _fold_result(known, record, at)
    file = known.change_file(place_in(record))
    file.landed = Landed(
        encrypted_bytes=record["encrypted_bytes"],
        encrypted_sha256=record["encrypted_sha256"],
        plain_sha256=record["plain_sha256"],
        plain_bytes=record["plain_bytes"],
        record_count=record["record_count"],
        listed_checksum=record.get("listed_checksum"),
        parquet_sha256=record.get("parquet_sha256"),
    )
    if file.first_landed_at is None:
        file.first_landed_at = at
        day = known.change_day(file.place.delivery)
        if file.listing and day.completed_at:
            day.completed_at = max(day.completed_at, at)
    known.note_landed(file.place, schema_id=record["schema_id"], file=record["file"])


def _fold_made_anew(known: Known, record: dict[str, Any], _at: datetime) -> None:
    file = known.change_file(place_in(record))
    if file.landed:
        file.landed = replace(file.landed, parquet_sha256=record["parquet_sha256"])


def _fold_set_aside(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Take an operator's word as the result for the bytes that had landed, and for no newer ones.

    Newer bytes that were turned away keep their own reason.
    """
    file = known.change_file(place_in(record))
    if file.landed:
        file.set_aside, file.landed = [*file.set_aside, file.landed], None
    result = result_in(record)
    if file.result is None or file.result.encrypted_sha256 == result.encrypted_sha256:
        file.result = replace(result, what=What.QUARANTINED)
    if file.result.reason == record["reason"]:
        file.rejection = _rejection_in(record, at)


def _fold_schema(known: Known, record: dict[str, Any], _at: datetime) -> None:
    known.note_schema(record["schema_id"], record["columns"])


def _fold_run(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Count failures of `ingest run`: whoever types another command sees how it fails."""
    if record.get("command", "run") != "run":
        return
    failures, before = record.get("failures"), known.failing
    known.failing = None
    if failures:
        known.failing = Failing(
            since=before.since if before else at,
            at=at,
            count=before.count + 1 if before else 1,
            line=str(failures[-1]),
        )


def _note_run(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Know a run by its first record; its last one replaces that."""
    run_id, runs = record.get("run_id", ""), known.runs
    if not runs or runs[-1].run_id != run_id:
        runs.append(Run(run_id=run_id, began_at=at, seconds=None))
        del runs[:-RUNS_KEPT]
    if record["what"] == What.RUN:
        facts = {name: record[name] for name in Run.__slots__ if name in record}
        began_at = at - timedelta(seconds=record.get("seconds") or 0)
        runs[-1] = Run(**{"run_id": run_id, "seconds": None, **facts, "began_at": began_at})


def _rejection_in(record: dict[str, Any], at: datetime) -> Rejection:
    facts = {name: str(record.get(name, "")) for name in ("name", "reason", "expected", "found")}
    return Rejection(**facts, at=at)


def _note_version(known: Known, record: dict[str, Any]) -> None:
    key = record.get("listed_as", record["name"])
    version = (record["source_bytes"], record["source_modified_at"], record.get("source_checksum"))
    known.note_version(key, version)


_FOLDS: Final = {
    What.ARCHIVED: _fold_archived,
    What.LISTED: _fold_listed,
    What.LANDED: _fold_landed,
    What.MADE_ANEW: _fold_made_anew,
    What.WAITING: _fold_result,
    What.QUARANTINED: _fold_result,
    What.GONE: _fold_gone,
    What.SET_ASIDE: _fold_set_aside,
    What.GIVEN_UP: _fold_given_up,
    What.SCHEMA: _fold_schema,
    What.RUN: _fold_run,
}
