"""Repair damaged files of the landing from the archive: the same rows, no source asked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.concurrency import map_ahead
from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile
from ingest.errors import RejectedError
from ingest.landing.check_file import Candidate, Verified, Verifier
from ingest.landing.land import FILES_AT_ONCE
from ingest.landing.stored_files import Checked, Damage
from ingest.store.durable import move_all_synced
from ingest.store.facts import Archived, Landed, What
from ingest.store.keys_and_paths import find_ciphertext, landing_path
from ingest.store.ledger import Ledger

Task = tuple[Damage, Landed | None]
"""A damaged file, and what had landed as it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Repairs damaged files of the landing."""

    data: Path
    ledger: Ledger
    verifier: Verifier

    def repair_all(self, checked: Checked) -> Checked:
        """Repair every damaged file of the landing, and return the damage that is left."""
        left = []
        state = self.ledger.state
        tasks = (
            (each, state.file(each.landed).landed if each.landed else None)
            for each in checked.damaged
        )
        with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="repair") as threads:
            for damage, landed, made in map_ahead(
                self._make, tasks, executor=threads, ahead=FILES_AT_ONCE
            ):
                if landed and isinstance(made, Verified):
                    self._put_in_place(made, landed)
                else:
                    left.append(replace(damage, next_step=str(made)))
        return replace(checked, made_anew=len(checked.damaged) - len(left), damaged=left)

    def _make(self, task: Task) -> tuple[Damage, Landed | None, Verified | str]:
        """Make one file, or say why that is not possible."""
        damage, landed = task
        if damage.landed is None:
            return damage, landed, damage.next_step
        sha256 = landed.encrypted_sha256 if landed else ""
        found = find_ciphertext(self.data, damage.landed, sha256=sha256)
        if landed is None or found is None:
            problem = (
                "it cannot be made anew, as the archive no longer has its bytes: restore either "
                "file from a backup"
            )
            return damage, landed, problem
        file, path = found
        try:
            return damage, landed, self.verifier.verify(_candidate(file, path, landed))
        except RejectedError as error:
            return damage, landed, f"it cannot be made anew from {path.name}: {error}"

    def _put_in_place(self, made: Verified, landed: Landed) -> None:
        file = made.candidate.file
        target = landing_path(file)
        move_all_synced([(made.parquet, self.data / target)])
        self.ledger.append(
            What.MADE_ANEW,
            file,
            path=target.as_posix(),
            encrypted_sha256=landed.encrypted_sha256,
            plain_sha256=landed.plain_sha256,
            parquet_sha256=made.parquet_sha256,
        )


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
