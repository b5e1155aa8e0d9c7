"""Bring a mirror back into an empty data folder.

A file in the data folder says that a restore has begun. Until that is gone, no other command takes
the folder, and the same command continues.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import MirrorError
from ingest.landing.decide import Rules
from ingest.landing.stored_files import MAKE_ANEW, NO_FILE, Checked, Damage
from ingest.mirror.fetch import Fetched, Fetcher
from ingest.mirror.owner import OwnedMirror, identity
from ingest.mirror.storage.bucket import Bucket
from ingest.openpgp.keyring import Keyring
from ingest.operations import repair
from ingest.pipeline import SILENT, alone
from ingest.status.runs import Progress, Summary, new_run_id
from ingest.store.durable import remove_synced, scratch_folder, write_in_place
from ingest.store.keys_and_paths import key_at
from ingest.store.lock import RESTORING, run_lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The files that came back, and those that did not."""

    mirror: str
    fetched: Fetched
    landed_again: int
    """Landed files that were made again from the archive."""
    missing: list[str]
    """A line for each file that neither came back nor could be made again."""
    summary: Summary

    @property
    def is_incomplete(self) -> bool:
        return bool(self.missing)

    def text(self) -> str:
        """Say it for a person; the last line says what is incomplete."""
        files, megabytes = self.fetched.files, self.fetched.bytes / 1e6
        counts = (
            f"restored {files:,} files, {megabytes:,.1f} MB from {self.mirror}; "
            f"landed {self.landed_again:,} files again from the archive"
        )
        return "\n".join([*self.missing, counts, self.summary.text()])

    def facts(self) -> dict[str, Any]:
        """Say it for a program."""
        return {
            "mirror": self.mirror,
            "files": self.fetched.files,
            "bytes": self.fetched.bytes,
            "landed_again": self.landed_again,
            "missing": self.missing,
            **self.summary.facts(),
        }


def restore(
    data: Path,
    bucket: Bucket,
    *,
    keyring: Keyring,
    rules: Rules,
    keeps_owner: bool = False,
    progress: Progress = SILENT,
) -> Restored:
    """Bring archive, ledger and landing back; land from the archive what does not come back.

    Args:
        keeps_owner: leave the mirror to the data folder that writes it, for a rehearsal.

    Raises:
        LockError: another command holds the data folder.
        MirrorError: the storage fails, there is no mirror, or the data folder is not empty.
        KeyringError: as with a run.
    """
    with run_lock(data, run_id=new_run_id(), restores=True), scratch_folder(data) as scratch:
        _check_place(data, bucket)
        mirror = OwnedMirror.read(bucket)
        if mirror is None:
            raise MirrorError(f"{bucket.url}: expected a mirror, found none; correct MX_MIRROR")
        write_in_place(data / RESTORING, bucket.url.encode())
        if not keeps_owner:
            mirror.take_over(identity(data))
        fetched = Fetcher(data, bucket, scratch, progress).fetch_all()
    with alone(data, rules=rules, command="mirror", restores=True) as this:
        damaged = [_damage(path) for path in fetched.landing_gaps]
        left = repair(this, Checked(damaged=damaged), data=data, keyring=keyring, rules=rules)
    remove_synced(data / RESTORING)
    missing = [
        f"{path}: expected what was recorded, found no sound object; look for a backup"
        for path in fetched.archive_gaps
    ]
    return Restored(
        mirror=bucket.url,
        fetched=fetched,
        landed_again=left.made_anew,
        missing=missing + [each.text() for each in left.damaged],
        summary=this.summary,
    )


def _check_place(data: Path, bucket: Bucket) -> None:
    """Refuse a data folder that has anything, but for a restore of the same mirror that began."""
    note = data / RESTORING
    if note.exists():
        if note.read_text() != bucket.url:
            raise MirrorError(
                f"data folder {data}: expected a restore from {note.read_text()} to continue, "
                f"found {bucket.url}; name that one, or empty the folder"
            )
        return
    there = sorted(path.name for path in data.iterdir() if not path.name.startswith("."))
    if there:
        raise MirrorError(
            f"data folder {data}: expected an empty one, found {', '.join(there)[:80]}; "
            "set MX_DATA to another"
        )


def _damage(path: str) -> Damage:
    return Damage(path=path, problem=NO_FILE, next_step=MAKE_ANEW, landed=key_at(path))
