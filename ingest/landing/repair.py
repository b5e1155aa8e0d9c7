"""A landed file that has rotted is made anew from the archive: the same rows, no source asked."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile
from ingest.errors import RejectedError
from ingest.landing.check import Checked
from ingest.landing.verify import Ciphertext, Lander
from ingest.receive.archive import find_ciphertext
from ingest.store.durable import move_all_synced
from ingest.store.ledger.ledger import Ledger
from ingest.store.ledger.state import Archived, Landed, Place, What
from ingest.store.paths import landing_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaking:
    """Makes damaged files of the landing anew."""

    data: Path
    ledger: Ledger
    lander: Lander

    def make_all(self, checked: Checked) -> Checked:
        """Make every damaged file of the landing anew, and say what is damaged still."""
        left = []
        for damage in checked.damaged:
            problem = self._make(damage.landed) if damage.landed else damage.next_step
            if problem:
                left.append(replace(damage, next_step=problem))
        return replace(checked, made_anew=len(checked.damaged) - len(left), damaged=left)

    def _make(self, place: Place) -> str | None:
        """Make one file anew, or say why that is not possible."""
        landed = self.ledger.state.landed[place]
        found = find_ciphertext(self.data / "archive", place, sha256=landed.encrypted_sha256)
        if found is None:
            return (
                "it cannot be made anew, as the archive no longer has its bytes: restore either "
                "file from a backup"
            )
        file, path = found
        try:
            verified = self.lander.prepare(_ciphertext(file, path, landed))
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


def _ciphertext(file: DailyFile, path: Path, landed: Landed) -> Ciphertext:
    """Take what had landed for what its manifest lists: it was held against that then."""
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
    return Ciphertext(
        file=file, path=path, archived=archived, listing=listing, manifest_sha256=None
    )
