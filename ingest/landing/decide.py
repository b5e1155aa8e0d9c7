"""Decide what to do next with each archived file, from the ledger alone. No I/O."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.delivery.manifest import Listing
from ingest.delivery.names import Delivery, Event
from ingest.errors import Reason
from ingest.store.facts import What
from ingest.store.index.known import DayState, FileState
from ingest.store.keys_and_paths import FileKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The decisions that are left to an operator."""

    settle: timedelta
    """How long a file may stay smaller than listed, or a manifest unreadable."""
    max_plain_bytes: int
    """Where a file stops being decrypted, unless its manifest says less."""
    memory_bytes: int = 512 << 20
    """The memory that landing may use, however large the files are."""
    accept_unlisted: bool = False
    """Land files that no manifest lists, too."""
    recheck_quarantine: bool = False
    """Check rejected files again, except those that an operator has set aside."""
    refuses_erased: bool = False
    """Reject files with rows of erased users; else they land without these rows."""
    mask_key: str | None = field(default=None, repr=False)
    """MX_MASK_KEY, from which the key that knows erased users again may be derived."""
    released: frozenset[FileKey | Delivery] = frozenset()
    """Files and manifests to check again, whatever the reason why they are in quarantine."""

    @property
    def reopen_quarantine(self) -> bool:
        """Say whether files in quarantine are checked without a new copy or manifest."""
        return self.accept_unlisted or self.recheck_quarantine or bool(self.released)


class Step(StrEnum):
    """The next step for one archived file."""

    NOTHING = "nothing"
    VERIFY = "verify"
    WAIT = "wait"
    REJECT_TRUNCATED = "reject as truncated"
    REJECT_UNLISTED = "reject as unlisted"


def expected_listing(file: FileState) -> Listing | None:
    """Give what the newest bytes of a file are checked against: its listing.

    Bytes that an erasure wrote are compared with its record, where what came instead of them had
    landed or passes its listing.
    """
    archived, listing, landed = file.newest, file.listing, file.landed
    if (erased := archived.erased) is None:
        return listing
    has_landed = landed is not None and landed.encrypted_sha256 == archived.encrypted_sha256
    if not (has_landed or (listing and erased.delivered.passes(listing))):
        return listing
    return erased.listing(
        listing.file if listing else archived.name,
        resource=file.key.resource,
        event=str(file.key.event),
        encrypted_bytes=archived.encrypted_bytes,
    )


def next_file_step(
    file: FileState, *, manifest_sha256: str | None, now: datetime, rules: Rules
) -> Step:
    """Decide what to do with the newest bytes of a daily file.

    A file is not checked twice against the same manifest, except that waiting times out. A
    baseline needs no manifest. A file that was set aside is checked only when it is released, even
    if a new manifest comes; it has landed before, so it need not be listed.

    Args:
        manifest_sha256: of the manifest that it is checked against now.
    """
    archived, listing, result = file.newest, expected_listing(file), file.current_result
    if file.is_final(manifest_sha256) and not _is_asked_for(file, rules=rules):
        return Step.NOTHING
    was_aside = result is not None and result.reason == Reason.SET_ASIDE
    if file.key.event is Event.BASELINE:
        step = Step.VERIFY
    elif listing is None and not (rules.accept_unlisted or was_aside):
        step = Step.REJECT_UNLISTED if manifest_sha256 else Step.WAIT
    elif listing and archived.encrypted_bytes < (listing.encrypted_bytes or 0):
        has_settled = now - archived.at >= rules.settle
        step = Step.REJECT_TRUNCATED if has_settled else Step.WAIT
    else:
        step = Step.VERIFY
    is_checked = file.is_checked_against(manifest_sha256)
    return Step.NOTHING if is_checked and step == Step.WAIT else step


def _is_asked_for(file: FileState, *, rules: Rules) -> bool:
    """Say whether an operator wants a rejected file to be checked again."""
    result = file.current_result
    if result is None or not result.is_quarantined:
        return False
    if file.key in rules.released:
        return True
    if result.reason == Reason.SET_ASIDE:
        return False
    return rules.recheck_quarantine or (rules.accept_unlisted and result.reason == Reason.UNLISTED)


def is_manifest_due(day: DayState, *, now: datetime, rules: Rules) -> bool:
    """Decide whether to open the newest bytes of a manifest."""
    manifest, result = day.manifest, day.current_result
    if manifest is None or result is None:
        return day.is_manifest_due
    if result.what == What.WAITING:
        return now - manifest.at >= rules.settle
    is_asked_for = rules.recheck_quarantine or day.delivery in rules.released
    return result.is_quarantined and is_asked_for
