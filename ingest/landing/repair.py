"""Repair damaged files of the landing from the archive: the same rows, no source asked."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile
from ingest.errors import RejectedError
from ingest.landing.check import Checked
from ingest.landing.verify import Candidate, Verifier
from ingest.receive.archive import find_ciphertext
from ingest.store.durable import move_all_synced
from ingest.store.ledger import Ledger
from ingest.store.paths import landing_path
from ingest.store.record.facts import Archived, Landed, What
from ingest.store.record.keys import FileKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Repairs damaged files of the landing."""

    data: Path
    ledger: Ledger
    verifier: Verifier

    def repair_all(self, checked: Checked) -> Checked:
        """Repair every damaged file of the landing, and return the damage that is left."""
        left = []
        for damage in checked.damaged:
            problem = self._repair(damage.landed) if damage.landed else damage.next_step
            if problem:
                left.append(replace(damage, next_step=problem))
        return replace(checked, made_anew=len(checked.damaged) - len(left), damaged=left)

    def _repair(self, key: FileKey) -> str | None:
        """Repair one file, or say why that is not possible."""
        landed = self.ledger.state.file(key).landed
        sha256 = landed.encrypted_sha256 if landed else ""
        found = find_ciphertext(self.data, key, sha256=sha256)
        if landed is None or found is None:
            return (
                "it cannot be made anew, as the archive no longer has its bytes: restore either "
                "file from a backup"
            )
        file, path = found
        try:
            verified = self.verifier.verify(_candidate(file, path, landed))
        except RejectedError as error:
            return f"it cannot be made anew from {path.name}: {error}"
        target = landing_path(file)
        move_all_synced([(verified.parquet, self.data / target)])
        self.ledger.append(
            What.MADE_ANEW,
            file,
            path=target.as_posix(),
            encrypted_sha256=landed.encrypted_sha256,
            plain_sha256=landed.plain_sha256,
            parquet_sha256=verified.parquet_sha256,
        )
        return None


def _candidate(file: DailyFile, path: Path, landed: Landed) -> Candidate:
    """Take the facts of the landed version as its listing: its manifest was checked then."""
    listing = Listing(
        file=file.stem,
        resource=file.resource,
        event=file.event,
        record_count=landed.record_count,
        plain_bytes=landed.plain_bytes,
        encrypted_bytes=landed.encrypted_bytes,
        checksum=landed.plain_sha256,
        effective_date="",
    )
    archived = Archived(
        name=path.name,
        encrypted_bytes=landed.encrypted_bytes,
        encrypted_sha256=landed.encrypted_sha256,
        at=datetime.now(tz=UTC),
    )
    return Candidate(file=file, path=path, archived=archived, listing=listing, manifest_sha256=None)
