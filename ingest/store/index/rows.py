"""The facts of files and days as text for the index, and back. No I/O.

An index holds millions of files, so a text repeats nothing: a hash that equals the archived one is
0, and so is the start of a name that equals the file's stem.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from ingest.delivery.manifest import Listing
from ingest.delivery.names import Delivery
from ingest.store.index.known import DayState, FileState
from ingest.store.record.facts import Archived, Landed, Rejection, Result, Twins, What
from ingest.store.record.keys import Place
from ingest.store.record.shape import parse_line

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
SAME: Final = 0


def write_file(file: FileState) -> str:
    """Write what is known of a file."""
    stem, archived = _stem(file.place), file.archived
    sha256 = archived.encrypted_sha256 if archived else ""
    facts = {
        "archived": _write_archived(archived, stem) if archived else None,
        "twins": _write_twins(file.twins) if file.twins else None,
        "listing": _write_listing(file.listing, file.place, stem) if file.listing else None,
        "result": _write_result(file.result, sha256) if file.result else None,
        "landed": _write_landed(file.landed, sha256) if file.landed else None,
        "set_aside": [_write_landed(each, sha256) for each in file.set_aside] or None,
        "gone": [file.gone_checksum] if file.is_gone else None,
        "given_up": file.is_given_up or None,
        "delivered_name": file.delivered_name,
        "first_landed_at": _write_moment(file.first_landed_at) if file.first_landed_at else None,
        "rejection": _write_rejection(file.rejection) if file.rejection else None,
    }
    return _write(facts)


def read_file(place: Place, text: str) -> FileState:
    """Read what is known of a file."""
    facts, stem, file = parse_line(text.encode()), _stem(place), FileState(place)
    if archived := facts.get("archived"):
        file.archived = _read_archived(archived, stem)
    sha256 = file.archived.encrypted_sha256 if file.archived else ""
    if twins := facts.get("twins"):
        file.twins = _read_twins(twins)
    if listing := facts.get("listing"):
        file.listing = _read_listing(listing, place, stem)
    if result := facts.get("result"):
        file.result = _read_result(result, sha256)
    if landed := facts.get("landed"):
        file.landed = _read_landed(landed, sha256)
    file.set_aside = [_read_landed(each, sha256) for each in facts.get("set_aside", ())]
    if gone := facts.get("gone"):
        file.is_gone, file.gone_checksum = True, gone[0]
    file.is_given_up = facts.get("given_up", False)
    file.delivered_name = facts.get("delivered_name")
    if first_landed_at := facts.get("first_landed_at"):
        file.first_landed_at = _read_moment(first_landed_at)
    if rejection := facts.get("rejection"):
        file.rejection = read_rejection(rejection)
    return file


def write_day(day: DayState) -> str:
    """Write what is known of a delivery beside its files."""
    manifest = day.manifest
    facts = {
        "manifest": _write_archived(manifest, "") if manifest else None,
        "result": _write_result(day.result, "") if day.result else None,
        "manifest_sha256": day.manifest_sha256,
        "is_unfinished": day.is_unfinished or None,
        "first_listed_at": _write_moment(day.first_listed_at) if day.first_listed_at else None,
        "completed_at": _write_moment(day.completed_at) if day.completed_at else None,
        "rejection": _write_rejection(day.rejection) if day.rejection else None,
    }
    return _write(facts)


def read_day(delivery: Delivery, text: str, *, is_given_up: bool) -> DayState:
    """Read what is known of a delivery beside its files."""
    facts = parse_line(text.encode())
    manifest, result, rejection = (facts.get(name) for name in ("manifest", "result", "rejection"))
    first_listed_at, completed_at = facts.get("first_listed_at"), facts.get("completed_at")
    return DayState(
        delivery,
        manifest=_read_archived(manifest, "") if manifest else None,
        result=_read_result(result, "") if result else None,
        manifest_sha256=facts.get("manifest_sha256"),
        is_unfinished=facts.get("is_unfinished", False),
        is_given_up=is_given_up,
        first_listed_at=_read_moment(first_listed_at) if first_listed_at else None,
        completed_at=_read_moment(completed_at) if completed_at else None,
        rejection=read_rejection(rejection) if rejection else None,
    )


def write_rejection(rejection: Rejection) -> str:
    """Write why a name was turned away."""
    return dump(_write_rejection(rejection))


def read_rejection(facts: list[Any]) -> Rejection:
    """Read why a file or name was turned away."""
    name, reason, expected, found, at = facts
    return Rejection(name=name, reason=reason, expected=expected, found=found, at=_read_moment(at))


def dump(value: Any) -> str:
    """Write JSON in ASCII or UTF-8, also of names that are no UTF-8."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, default=lambda moment: moment.isoformat())


def _write(facts: dict[str, Any]) -> str:
    return dump({name: each for name, each in facts.items() if each is not None})


def _stem(place: Place) -> str:
    client_guid, snapshot_date = place.delivery
    return f"{client_guid}.{snapshot_date}.{place.resource}.{place.kind}"


def _write_moment(moment: datetime) -> int:
    return (moment - EPOCH) // _MICROSECOND


def _read_moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _write_archived(archived: Archived, stem: str) -> list[Any]:
    name = archived.name
    start, rest = (SAME, name[len(stem) :]) if stem and name.startswith(stem) else ("", name)
    sha256s = (archived.encrypted_sha256, archived.plain_sha256)
    return [start, rest, archived.encrypted_bytes, *sha256s, _write_moment(archived.at)]


def _read_archived(facts: list[Any], stem: str) -> Archived:
    start, rest, encrypted_bytes, encrypted_sha256, plain_sha256, at = facts
    return Archived(
        name=(stem if start == SAME else start) + rest,
        encrypted_bytes=encrypted_bytes,
        encrypted_sha256=encrypted_sha256,
        at=_read_moment(at),
        plain_sha256=plain_sha256,
    )


def _write_twins(twins: Twins) -> list[Any]:
    others = [_write_archived(each, "") for each in twins.others.values()]
    return [others, sorted(twins.refused, key=str)]


def _read_twins(facts: list[Any]) -> Twins:
    others = [_read_archived(each, "") for each in facts[0]]
    refused = {(sha256, manifest_sha256) for sha256, manifest_sha256 in facts[1]}
    return Twins(others={each.name: each for each in others}, refused=refused)


def _write_listing(listing: Listing, place: Place, stem: str) -> list[Any]:
    return [
        SAME if listing.file == stem else listing.file,
        SAME if listing.resource == place.resource else listing.resource,
        SAME if listing.event == place.event else listing.event,
        listing.record_count,
        listing.plain_bytes,
        listing.encrypted_bytes,
        listing.checksum,
        listing.effective_date,
    ]


def _read_listing(facts: list[Any], place: Place, stem: str) -> Listing:
    file, resource, event, record_count, plain_bytes, encrypted_bytes, checksum, date = facts
    return Listing(
        file=stem if file == SAME else file,
        resource=place.resource if resource == SAME else resource,
        event=str(place.event) if event == SAME else event,
        record_count=record_count,
        plain_bytes=plain_bytes,
        encrypted_bytes=encrypted_bytes,
        checksum=checksum,
        effective_date=date,
    )


def _write_result(result: Result, sha256: str) -> list[Any]:
    own = SAME if result.encrypted_sha256 == sha256 else result.encrypted_sha256
    return [result.what, own, result.manifest_sha256, result.reason]


def _read_result(facts: list[Any], sha256: str) -> Result:
    what, own, manifest_sha256, reason = facts
    return Result(
        what=What(what),
        encrypted_sha256=sha256 if own == SAME else own,
        manifest_sha256=manifest_sha256,
        reason=reason,
    )


def _write_landed(landed: Landed, sha256: str) -> list[Any]:
    return [
        landed.encrypted_bytes,
        SAME if landed.encrypted_sha256 == sha256 else landed.encrypted_sha256,
        landed.plain_sha256,
        landed.plain_bytes,
        landed.record_count,
        landed.listed_checksum,
        landed.parquet_sha256,
    ]


def _read_landed(facts: list[Any], sha256: str) -> Landed:
    encrypted_bytes, own, plain_sha256, plain_bytes, record_count, checksum, parquet = facts
    return Landed(
        encrypted_bytes=encrypted_bytes,
        encrypted_sha256=sha256 if own == SAME else own,
        plain_sha256=plain_sha256,
        plain_bytes=plain_bytes,
        record_count=record_count,
        listed_checksum=checksum,
        parquet_sha256=parquet,
    )


def _write_rejection(rejection: Rejection) -> list[Any]:
    facts = (rejection.name, rejection.reason, rejection.expected, rejection.found)
    return [*facts, _write_moment(rejection.at)]
