"""Judgements to landing and ledger: in the order in which they come, several with one sync."""

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.delivery.names import DailyFile, ManifestFile
from ingest.errors import RejectedError
from ingest.landing.verify import Ciphertext, Verified, landed_records
from ingest.receive.archive import archive_path
from ingest.status.summary import Summary
from ingest.store.durable import move_all_synced
from ingest.store.ledger.ledger import Ledger, Record
from ingest.store.ledger.state import SMALLER, Archived, What, place_of
from ingest.store.paths import landing_path
from ingest.store.quarantine import leave_quarantine, put_in_quarantine, quarantine_path

FILES_AT_ONCE = 16
BYTES_AT_ONCE = 64 << 20
"""So much waits in scratch for its record, and would be read again after a kill."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A file and what became of it: ready to land, turned away, or None as long as it waits."""

    ciphertext: Ciphertext
    outcome: Verified | RejectedError | None


class Concluding(AbstractContextManager["Concluding"]):
    """Lands and records what was judged; when the block ends, all of it is in the ledger."""

    def __init__(self, *, data: Path, ledger: Ledger, scratch: Path, summary: Summary) -> None:
        self._data = data
        self._ledger = ledger
        self._scratch = scratch
        self._summary = summary
        self._waiting: list[tuple[Ciphertext, Verified]] = []

    def __exit__(self, *_: object) -> None:
        self.land_waiting()

    def add(self, judged: Judged) -> None:
        """Take one judgement, and land those that wait if they have become many."""
        ciphertext, outcome = judged.ciphertext, judged.outcome
        if isinstance(outcome, Verified):
            self._waiting.append((ciphertext, outcome))
            size = sum(verified.plain.size_bytes for _, verified in self._waiting)
            if len(self._waiting) >= FILES_AT_ONCE or size >= BYTES_AT_ONCE:
                self.land_waiting()
            return
        self.land_waiting()
        if outcome:
            self.reject(ciphertext.file, ciphertext.archived, outcome)
        else:
            self._let_wait(ciphertext)

    def land_waiting(self) -> None:
        """Put files that are ready into the landing, and record that they are there."""
        landed, self._waiting = self._waiting, []
        move_all_synced(
            (verified.parquet, self._data / landing_path(ciphertext.file))
            for ciphertext, verified in landed
        )
        records: list[Record] = []
        known = set(self._ledger.state.schemas)
        for ciphertext, verified in landed:
            records += landed_records(ciphertext, verified, known_schemas=known)
        if records:
            self._ledger.append_all(records, at=datetime.now(tz=UTC))
        for ciphertext, verified in landed:
            self.accept(ciphertext.file, ciphertext.archived)
            self._summary.files_landed += 1
            self._summary.rows_landed += verified.converted.row_count
            self._summary.plain_bytes += verified.plain.size_bytes
            log.debug("landed %s, %d rows", ciphertext.file.stem, verified.converted.row_count)

    def accept(self, file: DailyFile | ManifestFile, archived: Archived) -> None:
        """Have a file that is good leave the quarantine, if it was there."""
        leave_quarantine(self._quarantine_path(file, archived))

    def reject(
        self, file: DailyFile | ManifestFile, archived: Archived, error: RejectedError
    ) -> None:
        """Put a file into quarantine, and record why."""
        facts = {"event": "quarantined", "name": archived.name, "reason": error.reason}
        log.warning("quarantined %s: %s", archived.name, error, extra={"facts": facts})
        known = bytes_of(archived) | {"manifest_sha256": self._arbiter(file)}
        put_in_quarantine(
            self._quarantine_path(file, archived),
            ciphertext=archive_path(self._data / "archive", file, name=archived.name),
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

    def _let_wait(self, ciphertext: Ciphertext) -> None:
        self._ledger.append(
            What.WAITING,
            ciphertext.file,
            **bytes_of(ciphertext.archived),
            manifest_sha256=ciphertext.manifest_sha256,
            reason=SMALLER if ciphertext.listing else "no manifest",
        )

    def _arbiter(self, file: DailyFile | ManifestFile) -> str | None:
        state = self._ledger.state
        if isinstance(file, ManifestFile):
            return state.arbiters.get(file.delivery)
        return state.arbiter_of(place_of(file))

    def _quarantine_path(self, file: DailyFile | ManifestFile, archived: Archived) -> Path:
        return quarantine_path(self._data / "quarantine", file, name=archived.name)


def bytes_of(archived: Archived) -> dict[str, Any]:
    """Name the bytes that a record is about."""
    return {
        "name": archived.name,
        "encrypted_bytes": archived.encrypted_bytes,
        "encrypted_sha256": archived.encrypted_sha256,
    }
