"""The operations on landed and rejected files; no source is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile
from ingest.errors import RejectedError
from ingest.landing.check_file import Candidate, Verifier
from ingest.landing.decide import Rules
from ingest.landing.set_aside import set_aside
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import SILENT, alone, land_all
from ingest.status.lookup import find_landed, find_quarantined, find_subjects
from ingest.status.runs import Progress, Summary
from ingest.store.durable import move_all_synced
from ingest.store.facts import Archived, Landed, What
from ingest.store.file_keys import FileKey, find_ciphertext, landing_path
from ingest.store.ledger import Ledger

if TYPE_CHECKING:
    from ingest.landing.stored_files import Checked


def release(
    names: Sequence[str] = (),
    *,
    data: Path,
    keyring: Keyring,
    rules: Rules,
    progress: Progress = SILENT,
) -> Summary:
    """Check again what is in quarantine, all or the named, and land what passes; ask no source.

    A file that was set aside is checked only by its name.

    Raises:
        LockError, KeyringError: as with a run.
        UnknownNameError: nothing of a name is in quarantine; then nothing is checked.
    """
    with alone(data, rules=rules, command="release") as this:
        named = frozenset(find_quarantined(name, state=this.ledger.state) for name in names)
        again = replace(rules, released=named, recheck_quarantine=not names)
        land_all(this, data=data, keyring=keyring, rules=again, progress=progress)
    return this.summary


def make_anew(*, data: Path, keyring: Keyring, rules: Rules) -> "Checked":
    """Repair damaged or absent files of the landing from the archive; ask no source.

    Returns:
        The damage that is left in landing and archive.

    Raises:
        LockError, KeyringError: as with a run.
    """
    # DuckDB takes long to import, which a run need not wait for
    from ingest.landing.stored_files import check_files

    with alone(data, rules=rules, command="verify") as this:
        this.ledger.flush()
        checked = check_files(data, this.ledger.state, now=datetime.now(tz=UTC))
        verifier = Verifier(
            scratch=this.scratch,
            keyring=keyring,
            converters=this.converters,
            max_plain_bytes=rules.max_plain_bytes,
            memory_bytes=rules.memory_bytes,
        )
        with keyring.unlocking():
            return _Repair(data=data, ledger=this.ledger, verifier=verifier).repair_all(checked)


def give_up(names: list[str], *, data: Path, rules: Rules) -> Summary:
    """Record of files, days or clients that nothing more of them will come.

    Raises:
        LockError: as with a run.
        UnknownNameError: nothing of that name is known; then nothing is recorded.
    """
    with alone(data, rules=rules, command="release") as this:
        subjects = [find_subjects(name, state=this.ledger.state) for name in names]
        for facts in (each for found in subjects for each in found):
            this.ledger.append(What.GIVEN_UP, None, **facts)
    return this.summary


def set_files_aside(names: Sequence[str], *, data: Path, rules: Rules) -> Summary:
    """Take landed files out of the landing, into quarantine, where they stay.

    Raises:
        LockError, UnknownNameError: as with `give_up`; then no file is set aside.
    """
    with alone(data, rules=rules, command="release") as this:
        for key in [find_landed(name, state=this.ledger.state) for name in names]:
            set_aside(key, data=data, ledger=this.ledger, scratch=this.scratch)
    return this.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repair:
    """Repairs damaged files of the landing."""

    data: Path
    ledger: Ledger
    verifier: Verifier

    def repair_all(self, checked: "Checked") -> "Checked":
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
