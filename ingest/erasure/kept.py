"""The ciphertexts of a client: those that have landed, and those that are only kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.delivery.names import (
    EARLIEST,
    DailyFile,
    Delivery,
    ManifestFile,
    baseline_file,
    parse_kept_name,
)
from ingest.landing.check_file import Candidate
from ingest.store.durable import hash_file
from ingest.store.erased import Erased
from ingest.store.facts import Archived
from ingest.store.index.known import FileState
from ingest.store.index.state import LedgerState
from ingest.store.keys_and_paths import FileKey, archive_path, find_ciphertext, key_of
from ingest.store.quarantine import BAD_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A ciphertext that has not landed."""

    path: Path
    candidate: Candidate
    is_archived: bool
    is_newest: bool
    """It lies in the archive under the name of its delivery, not of replaced bytes."""


def landed_candidate(data: Path, state: LedgerState, key: FileKey) -> Candidate | None:
    """Describe the ciphertext of a landed file by what was recorded; None if it is not there."""
    known = state.file(key)
    landed, file = known.landed, known.delivered
    if landed is None or file is None:
        return None
    newest = archive_path(data, file, name=known.newest.name)
    path: Path | None = newest
    if landed.encrypted_sha256 != known.newest.encrypted_sha256 or not newest.exists():
        found = find_ciphertext(data, key, sha256=landed.encrypted_sha256)
        path = found[1] if found else None
    if path is None:
        return None
    erased = Erased(
        plain_bytes=landed.plain_bytes,
        plain_sha256=landed.plain_sha256,
        record_count=landed.record_count,
        delivered=landed.as_delivered,
    )
    archived = replace(
        known.newest,
        encrypted_bytes=landed.encrypted_bytes,
        encrypted_sha256=landed.encrypted_sha256,
        erased=erased,
    )
    listing = erased.listing(
        file.stem,
        resource=file.resource,
        event=str(file.event),
        encrypted_bytes=landed.encrypted_bytes,
    )
    manifest_sha256 = known.result.manifest_sha256 if known.result else None
    return Candidate(
        file=file, path=path, archived=archived, listing=listing, manifest_sha256=manifest_sha256
    )


def kept_files(data: Path, state: LedgerState, *, client: str) -> Iterator[Kept]:
    """Give what lies in archive and quarantine of a client and has not landed.

    Files whose names break the grammar may be of any client and resource: they are taken as the
    users of this one.
    """
    for path in sorted((data / "archive" / client).glob("*/*")):
        if kept := _archived(path, state, client=client):
            yield kept
    for path in sorted((data / "quarantine" / client).glob("*/*")):
        file = _file_at(path, path.name, client=client)
        if file and not _is_same(path, archive_path(data, file, name=path.name)):
            yield _kept(path, file, path.name, None, is_archived=False)
    unknown = baseline_file(Delivery(client, EARLIEST), "users", part=1)
    for path in sorted((data / "quarantine" / BAD_NAMES).glob("*")):
        if path.suffix != ".json":
            yield _kept(path, unknown, path.name, None, is_archived=False)


def _archived(path: Path, state: LedgerState, *, client: str) -> Kept | None:
    """Describe bytes in the archive, unless they have landed or are a manifest."""
    if file := _file_at(path, path.name, client=client):
        known = state.file(key_of(file))
        archived = known.archived_under(path.name)
        if archived is None or _has_landed(known, archived.encrypted_sha256):
            return None
        return _kept(path, file, path.name, archived, is_archived=True)
    name = path.name.rpartition(".")[0]
    file = _file_at(path, name, client=client)
    if file is None or _has_landed(state.file(key_of(file)), hash_file(path)):
        return None
    return _kept(path, file, name, None, is_archived=True)


def _kept(
    path: Path, file: DailyFile, name: str, archived: Archived | None, *, is_archived: bool
) -> Kept:
    found = archived or Archived(
        name=name,
        encrypted_bytes=path.stat().st_size,
        encrypted_sha256=hash_file(path),
        at=datetime.now(tz=UTC),
    )
    candidate = Candidate(file=file, path=path, archived=found, listing=None, manifest_sha256=None)
    return Kept(
        path=path,
        candidate=candidate,
        is_archived=is_archived,
        is_newest=archived is not None,
    )


def _file_at(path: Path, name: str, *, client: str) -> DailyFile | None:
    """Read a name as a daily file's, of the client as the archive's folder spells it."""
    file = parse_kept_name(name)
    if file is None or isinstance(file, ManifestFile):
        return None
    day = file.delivery.snapshot_date
    return replace(file, delivery=Delivery(client, day)) if path.exists() else None


def _has_landed(known: FileState, sha256: str) -> bool:
    return known.landed is not None and known.landed.encrypted_sha256 == sha256


def _is_same(path: Path, other: Path) -> bool:
    return other.exists() and path.samefile(other)
