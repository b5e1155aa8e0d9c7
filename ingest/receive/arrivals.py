"""Scratch to archive and ledger: in the order in which files are given, several with one sync."""

import logging
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.delivery.names import (
    AHEAD,
    EARLIEST,
    DailyFile,
    ManifestFile,
    parse_kept_name,
    parse_name,
)
from ingest.errors import Reason, RejectedError
from ingest.receive.archive import archive_path, store
from ingest.receive.incoming import Fetched
from ingest.receive.sources import SourceFile
from ingest.store.durable import sync_folder
from ingest.store.ledger.ledger import Ledger
from ingest.store.ledger.state import Archived, What, place_of
from ingest.store.quarantine import leave_quarantine, put_in_quarantine, quarantine_path

log = logging.getLogger(__name__)

FILES_AT_ONCE = 64
BYTES_AT_ONCE = 64 << 20
"""So much waits in scratch for its record, and would be fetched again after a kill."""


class Archiving(AbstractContextManager["Archiving"]):
    """Archives fetched files; when the block ends, all of them are archived and recorded."""

    def __init__(self, *, data: Path, ledger: Ledger, scratch: Path) -> None:
        self._data = data
        self._ledger = ledger
        self._scratch = scratch
        self._waiting: list[tuple[DailyFile | ManifestFile, Fetched, dict[str, Any]]] = []

    def __exit__(self, *_: object) -> None:
        self._archive_waiting()

    def add(self, fetched: Fetched, listed: SourceFile) -> None:
        """Take one file, and archive those that wait if they have become many."""
        parse = parse_kept_name if listed.delivered_name else parse_name
        file = parse(listed.name)
        facts = {
            "name": listed.name,
            "encrypted_bytes": fetched.size_bytes,
            "encrypted_sha256": fetched.sha256,
            "delivered_name": listed.delivered_name,
            "plain_as_delivered": fetched.plain_sha256,
            **_mark_of(listed),
        }
        if file is None or any(file == waiting for waiting, _, _ in self._waiting):
            self._archive_waiting()
        if file is None:
            self._quarantine(fetched.path, facts)
            return
        self._waiting.append((file, fetched, facts))
        size = sum(each.size_bytes for _, each, _ in self._waiting)
        if len(self._waiting) >= FILES_AT_ONCE or size >= BYTES_AT_ONCE:
            self._archive_waiting()

    def refuse(self, listed: SourceFile) -> None:
        """Take note of a listed file that cannot be asked for, as its name breaks the grammar."""
        self._archive_waiting()
        self._quarantine(None, {"name": listed.name, **_mark_of(listed)})

    def _archive_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        began_at = datetime.now(tz=UTC)
        folders = set()
        for file, fetched, facts in waiting:
            replaced = self._replaced(file, name=facts["name"])
            target = archive_path(self._data / "archive", file, name=facts["name"])
            store(fetched, target, replaced_sha256=replaced.encrypted_sha256 if replaced else None)
            folders.add(target.parent)
        for folder in sorted(folders):
            sync_folder(folder)
        records = [(What.ARCHIVED, file, facts) for file, _, facts in waiting]
        healed = {facts["name"] for _, _, facts in waiting} & self._ledger.state.bad_names.keys()
        self._ledger.append_all(records, at=began_at)
        for name in healed:
            leave_quarantine(self._quarantine_path(name))

    def _replaced(self, file: DailyFile | ManifestFile, *, name: str) -> Archived | None:
        """Give what is known of the bytes that lie where a file goes."""
        newest = archived_as(self._ledger, file)
        if isinstance(file, ManifestFile) or newest is None:
            return newest
        if newest.name != name:
            log.warning(
                "%s: expected one file of its stem, found %s; the manifest tells which counts",
                ascii(name),
                ascii(newest.name),
            )
        return self._ledger.state.archived_under(place_of(file), name)

    def _quarantine(self, ciphertext: Path | None, facts: dict[str, Any]) -> None:
        error = RejectedError(
            Reason.NAME,
            expected="<client>.<date>.<resource>.<event>.avro.pgp, or a manifest's name, "
            f"of a day from {EARLIEST} to {AHEAD.days} days from now",
            found=ascii(facts["name"]),
        )
        target = self._quarantine_path(facts["name"])
        put_in_quarantine(
            target, ciphertext=ciphertext, error=error, scratch=self._scratch, **facts
        )
        self._ledger.append(What.QUARANTINED, None, **facts, reason=error.reason)

    def _quarantine_path(self, name: str) -> Path:
        return quarantine_path(self._data / "quarantine", None, name=name)


def _mark_of(listed: SourceFile) -> dict[str, Any]:
    return {
        "listed_as": listed.key if listed.listing else None,
        "source_bytes": listed.size_bytes,
        "source_modified_at": listed.modified_at,
        "source_checksum": listed.checksum,
    }


def archived_as(ledger: Ledger, file: DailyFile | ManifestFile) -> Archived | None:
    """Say what the ledger knows of the newest bytes of a file, or of a manifest's day."""
    if isinstance(file, ManifestFile):
        return ledger.state.manifests.get(file.delivery)
    return ledger.state.archived.get(place_of(file))
