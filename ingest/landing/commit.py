"""Put each outcome into landing or quarantine, and record it; several share one sync."""

import hashlib
import json
import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ingest.delivery.names import DailyFile, Event, ManifestFile
from ingest.errors import RejectedError
from ingest.landing.check_file import Candidate, Verified
from ingest.landing.erased.put_in_archive import put_in_archive
from ingest.status.runs import Summary
from ingest.store.durable import move_all_synced
from ingest.store.facts import SMALLER, Archived, What
from ingest.store.keys_and_paths import archive_path, key_of, landing_path
from ingest.store.ledger import Ledger, Record
from ingest.store.quarantine import leave_quarantine, put_in_quarantine, quarantine_path

FILES_AT_ONCE: Final = 16
BYTES_AT_ONCE: Final = 64 << 20
"""So much waits in scratch for its record, and would be read again after a kill."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A daily file that goes to quarantine."""

    candidate: Candidate
    error: RejectedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A daily file that waits for its manifest or for its end."""

    candidate: Candidate


Outcome = Verified | Rejected | Waiting


class Commit(AbstractContextManager["Commit"]):
    """Takes outcomes; when the block ends, all of them are on the disk and in the ledger."""

    def __init__(self, *, data: Path, ledger: Ledger, scratch: Path, summary: Summary) -> None:
        self._data = data
        self._ledger = ledger
        self._scratch = scratch
        self._summary = summary
        self._verified: list[Verified] = []

    def __exit__(self, *_: object) -> None:
        self._land_verified()

    def add(self, outcome: Outcome) -> None:
        """Take one outcome, and land verified files if they have become many."""
        if isinstance(outcome, Verified):
            self._verified.append(outcome)
            size = sum(each.plain.size_bytes for each in self._verified)
            if len(self._verified) >= FILES_AT_ONCE or size >= BYTES_AT_ONCE:
                self._land_verified()
            return
        self._land_verified()
        candidate = outcome.candidate
        if isinstance(outcome, Rejected):
            self.reject(
                candidate.file,
                candidate.archived,
                outcome.error,
                manifest_sha256=candidate.manifest_sha256,
            )
        else:
            self._ledger.append(
                What.WAITING,
                candidate.file,
                **bytes_of(candidate.archived),
                manifest_sha256=candidate.manifest_sha256,
                reason=SMALLER if candidate.listing else "no manifest",
            )

    def _land_verified(self) -> None:
        verified, self._verified = self._verified, []
        if not verified:
            return
        for each in verified:  # before the landing, by which rows are found that are still to go
            if each.taken_out:
                put_in_archive(each.candidate, each.taken_out, data=self._data, ledger=self._ledger)
        move_all_synced(
            (each.parquet, self._data / landing_path(each.candidate.file)) for each in verified
        )
        records: list[Record] = []
        known_schemas = set(self._ledger.state.meta.schemas)
        for each in verified:
            records += _landed_records(each, known_schemas=known_schemas)
        self._ledger.append_all(records, at=datetime.now(tz=UTC))
        for each in verified:
            if self._is_newest(each.candidate):
                self.accept(each.candidate.file, each.candidate.archived)
            self._summary.files_landed += 1
            self._summary.rows_landed += each.converted.row_count
            self._summary.plain_bytes += each.plain.size_bytes
            log.debug("landed %s, %d rows", each.candidate.file.stem, each.converted.row_count)

    def _is_newest(self, candidate: Candidate) -> bool:
        """Say whether no newer bytes have come, which may be in quarantine."""
        newest = self._ledger.state.file(key_of(candidate.file)).newest
        return newest.encrypted_sha256 == candidate.archived.encrypted_sha256

    def accept(self, file: DailyFile | ManifestFile, archived: Archived) -> None:
        """Remove a good file from the quarantine, if it was there."""
        leave_quarantine(quarantine_path(self._data, file, name=archived.name))

    def reject(
        self,
        file: DailyFile | ManifestFile,
        archived: Archived,
        error: RejectedError,
        *,
        manifest_sha256: str | None,
    ) -> None:
        """Put a daily file or manifest into quarantine, and record why."""
        facts = {"event": "quarantined", "name": archived.name, "reason": error.reason}
        log.warning("quarantined %s: %s", archived.name, error, extra={"facts": facts})
        known = bytes_of(archived) | {"manifest_sha256": manifest_sha256}
        put_in_quarantine(
            quarantine_path(self._data, file, name=archived.name),
            ciphertext=archive_path(self._data, file, name=archived.name),
            error=error,
            scratch=self._scratch,
            **known,
        )
        self._ledger.append(
            What.QUARANTINED,
            file,
            **known,
            reason=error.reason,
            expected=error.expected,
            found=error.found,
        )


def bytes_of(archived: Archived) -> dict[str, Any]:
    """Name the bytes that a record is about."""
    return {
        "name": archived.name,
        "encrypted_bytes": archived.encrypted_bytes,
        "encrypted_sha256": archived.encrypted_sha256,
    }


def _landed_records(verified: Verified, *, known_schemas: set[str]) -> list[Record]:
    """Describe a landed file for the ledger, and its columns where they are new.

    Args:
        known_schemas: those whose columns are recorded; a new one joins them.
    """
    candidate, listing = verified.candidate, verified.candidate.listing
    columns = verified.converted.columns
    schema_id = hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]
    is_other_checksum = listing is not None and listing.sha256 is None
    facts = {
        **bytes_of(candidate.archived),
        "manifest_sha256": candidate.manifest_sha256,
        "path": landing_path(candidate.file).as_posix(),
        "plain_bytes": verified.plain.size_bytes,
        "plain_sha256": verified.plain.sha256,
        "parquet_sha256": verified.parquet_sha256,
        "record_count": verified.converted.row_count,
        "key_id": verified.plain.key_id,
        "signature": verified.plain.signature,
        "checksum_of": candidate.checksum_of,
        # it proves nothing, and still shows later whether its file is the same
        "listed_checksum": listing.checksum if listing and is_other_checksum else None,
        "is_unlisted": (listing is None and candidate.file.event is not Event.BASELINE) or None,
        "schema_id": schema_id,
        "decoder": verified.converted.decoder,
    }
    records: list[Record] = [(What.LANDED, candidate.file, facts)]
    if schema_id not in known_schemas:
        known_schemas.add(schema_id)
        records.insert(0, (What.SCHEMA, None, {"schema_id": schema_id, "columns": columns}))
    return records
