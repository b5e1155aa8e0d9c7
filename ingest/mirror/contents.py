"""Which files the ledger's records ask to copy, and which bytes they must have."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Final

from ingest.delivery.names import DailyFile, Delivery, ManifestFile, parse_kept_name
from ingest.store.facts import Archived, What
from ingest.store.index.known import FileState
from ingest.store.index.lists import all_files, all_manifests
from ingest.store.index.state import LedgerState
from ingest.store.keys_and_paths import (
    delivery_in,
    key_at,
    key_in,
    key_of,
    landing_path,
    replaced_path,
)

ARCHIVE: Final = "archive"
LANDING: Final = "landing"
LEDGER: Final = "ledger"
_REPLACED: Final = re.compile(r"(?P<name>.+)\.(?P<start>[0-9a-f]{12})")
"""The name of bytes in the archive that newer ones have replaced."""
_ARCHIVED: Final = re.compile(
    r"archive/(?P<client>CLT-[0-9A-Za-z-]+)/(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})/[^/]+"
)
_IN_LANDING: Final = (What.LANDED, What.MADE_ANEW, What.SET_ASIDE)


def changed_paths(record: dict[str, Any], *, data: Path, with_landing: bool) -> Iterator[str]:
    """Give the paths below the data folder that a record has changed."""
    what = record["what"]
    if what == What.ARCHIVED and "client_guid" in record:
        folder = Path(ARCHIVE, delivery_in(record).folder)
        yield from _replaced_paths(data, folder, name=record["name"])
        yield (folder / record["name"]).as_posix()
    if what == What.ERASED:
        yield from _erased_paths(record)
    if what in _IN_LANDING and with_landing:
        yield landing_path(key_in(record)).as_posix()


def _erased_paths(record: dict[str, Any]) -> Iterator[str]:
    """Give what an erasure has written or removed in the archive."""
    yield from record["move"]["removed"]
    if target := record["move"]["target"]:
        yield target
    elif sha256 := record.get("encrypted_sha256"):
        newest = Path(ARCHIVE, delivery_in(record).folder, record["name"])
        yield replaced_path(newest, sha256=sha256).as_posix()


def _replaced_paths(data: Path, folder: Path, *, name: str) -> Iterator[str]:
    for path in sorted((data / folder).glob("*")):
        match = _REPLACED.fullmatch(path.name)
        if match and match["name"] == name:
            yield (folder / path.name).as_posix()


def is_replaced(path: str) -> bool:
    """Say whether a path is of bytes in the archive that newer ones have replaced."""
    match = _REPLACED.fullmatch(PurePosixPath(path).name)
    return bool(match and parse_kept_name(match["name"]))


def is_withdrawn(path: str, state: LedgerState) -> bool:
    """Say whether nothing is landed now at a path of the landing, or an erasure has removed it."""
    if key := key_at(path):
        return state.file(key).landed is None
    match, delivery = _REPLACED.fullmatch(PurePosixPath(path).name), _delivery_of(path)
    file = parse_kept_name(match["name"]) if match else None
    if not isinstance(file, DailyFile) or delivery is None:
        return False
    return path in state.file(key_of(replace(file, delivery=delivery))).removed


def expected_start(path: str, state: LedgerState) -> str:
    """Give what the SHA-256 of the bytes at a path must begin with; all of it where it is known."""
    if match := _REPLACED.fullmatch(PurePosixPath(path).name):
        return match["start"]
    return _recorded_sha256(path, state) or ""


def _recorded_sha256(path: str, state: LedgerState) -> str | None:
    """Give the hash that the ledger has of the newest bytes at a path."""
    if key := key_at(path):
        landed = state.file(key).landed
        return landed.parquet_sha256 if landed else None
    archived = _archived_at(path, state)
    return archived.encrypted_sha256 if archived else None


def _archived_at(path: str, state: LedgerState) -> Archived | None:
    delivery, name = _delivery_of(path), PurePosixPath(path).name
    file = parse_kept_name(name)
    if delivery and isinstance(file, ManifestFile):
        manifest = state.day(delivery).manifest
        return manifest if manifest and manifest.name == name else None
    if delivery and isinstance(file, DailyFile):
        # the archive's folder has the client as the ledger spells it
        known = state.file(key_of(replace(file, delivery=delivery)))
        return known.archived_under(name)
    return None


def _delivery_of(path: str) -> Delivery | None:
    """Give the delivery of a path in the archive; None for any other path."""
    if match := _ARCHIVED.fullmatch(path):
        with suppress(ValueError):
            return Delivery(match["client"], date.fromisoformat(match["date"]))
    return None


def is_wanted(path: str, state: LedgerState) -> bool:
    """Say whether an object is of the archive, or landed as the ledger says."""
    is_landed = key_at(path) is not None and not is_withdrawn(path, state)
    return is_landed or _delivery_of(path) is not None


def all_archived(state: LedgerState) -> Iterator[str]:
    """Give the path of the newest bytes of every file and manifest that was archived."""
    for file in all_files(state):
        for archived in _versions(file):
            yield Path(ARCHIVE, file.key.delivery.folder, archived.name).as_posix()
    for delivery, manifest in all_manifests(state):
        yield Path(ARCHIVE, delivery.folder, manifest.name).as_posix()


def _versions(file: FileState) -> Iterator[Archived]:
    if file.archived:
        yield file.archived
    if file.twins:
        yield from file.twins.others.values()


def all_landed(state: LedgerState) -> Iterator[str]:
    """Give the path of every file that is landed now."""
    for file in all_files(state):
        if file.landed:
            yield landing_path(file.key).as_posix()
