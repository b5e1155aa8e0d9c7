"""Single facts as JSON values for a row, and back.

An index holds millions of files, so nothing is repeated. A hash that equals the archived one is 0.
So is the start of a name that equals the file's stem.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ingest.delivery.manifest import Listing
from ingest.store.erased import Delivered, Erased
from ingest.store.facts import Archived, Landed, Rejection, Result, Twins, What
from ingest.store.keys_and_paths import FileKey

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
SAME: Final = 0


def write_moment(moment: datetime) -> int:
    return (moment - EPOCH) // _MICROSECOND


def read_moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def write_archived(archived: Archived, stem: str) -> list[Any]:
    name = archived.name
    start, rest = (SAME, name[len(stem) :]) if stem and name.startswith(stem) else ("", name)
    sha256s = (archived.encrypted_sha256, archived.plain_sha256)
    erased = [asdict(archived.erased)] if archived.erased else []
    return [start, rest, archived.encrypted_bytes, *sha256s, write_moment(archived.at), *erased]


def read_archived(facts: list[Any], stem: str) -> Archived:
    start, rest, encrypted_bytes, encrypted_sha256, plain_sha256, at, *erased = facts
    return Archived(
        name=(stem if start == SAME else start) + rest,
        encrypted_bytes=encrypted_bytes,
        encrypted_sha256=encrypted_sha256,
        at=read_moment(at),
        plain_sha256=plain_sha256,
        erased=_read_erased(*erased) if erased else None,
    )


def _read_erased(facts: dict[str, Any]) -> Erased:
    return Erased(**facts | {"delivered": Delivered(**facts["delivered"])})


def write_twins(twins: Twins) -> list[Any]:
    others = [write_archived(each, "") for each in twins.others.values()]
    return [others, sorted(twins.refused, key=str)]


def read_twins(facts: list[Any]) -> Twins:
    others = [read_archived(each, "") for each in facts[0]]
    refused = {(sha256, manifest_sha256) for sha256, manifest_sha256 in facts[1]}
    return Twins(others={each.name: each for each in others}, refused=refused)


def write_listing(listing: Listing, key: FileKey, stem: str) -> list[Any]:
    return [
        SAME if listing.file == stem else listing.file,
        SAME if listing.resource == key.resource else listing.resource,
        SAME if listing.event == key.event else listing.event,
        listing.record_count,
        listing.plain_bytes,
        listing.encrypted_bytes,
        listing.checksum,
        listing.effective_date,
    ]


def read_listing(facts: list[Any], key: FileKey, stem: str) -> Listing:
    file, resource, event, record_count, plain_bytes, encrypted_bytes, checksum, date = facts
    return Listing(
        file=stem if file == SAME else file,
        resource=key.resource if resource == SAME else resource,
        event=str(key.event) if event == SAME else event,
        record_count=record_count,
        plain_bytes=plain_bytes,
        encrypted_bytes=encrypted_bytes,
        checksum=checksum,
        effective_date=date,
    )


def write_result(result: Result, sha256: str) -> list[Any]:
    own = SAME if result.encrypted_sha256 == sha256 else result.encrypted_sha256
    return [result.what, own, result.manifest_sha256, result.reason]


def read_result(facts: list[Any], sha256: str) -> Result:
    what, own, manifest_sha256, reason = facts
    return Result(
        what=What(what),
        encrypted_sha256=sha256 if own == SAME else own,
        manifest_sha256=manifest_sha256,
        reason=reason,
    )


def write_landed(landed: Landed, sha256: str) -> list[Any]:
    return [
        landed.encrypted_bytes,
        SAME if landed.encrypted_sha256 == sha256 else landed.encrypted_sha256,
        landed.plain_sha256,
        landed.plain_bytes,
        landed.record_count,
        landed.listed_checksum,
        landed.parquet_sha256,
        *([asdict(landed.delivered)] if landed.delivered else []),
    ]


def read_landed(facts: list[Any], sha256: str) -> Landed:
    encrypted_bytes, own, plain_sha256, plain_bytes, record_count, checksum, parquet, *came = facts
    return Landed(
        encrypted_bytes=encrypted_bytes,
        encrypted_sha256=sha256 if own == SAME else own,
        plain_sha256=plain_sha256,
        plain_bytes=plain_bytes,
        record_count=record_count,
        listed_checksum=checksum,
        parquet_sha256=parquet,
        delivered=Delivered(**came[0]) if came else None,
    )


def write_rejection(rejection: Rejection) -> list[Any]:
    facts = (rejection.name, rejection.reason, rejection.expected, rejection.found)
    return [*facts, write_moment(rejection.at)]


def read_rejection(facts: list[Any]) -> Rejection:
    """Read why a file or name was turned away."""
    name, reason, expected, found, at = facts
    return Rejection(name=name, reason=reason, expected=expected, found=found, at=read_moment(at))
