"""Which of the files that a source lists are fetched: new ones, changed ones and lost ones."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Final, NamedTuple

from ingest.delivery.manifest import Listing
from ingest.delivery.names import (
    DailyFile,
    Delivery,
    ManifestFile,
    is_ours,
    parse_kept_name,
    parse_name,
)
from ingest.errors import Reason
from ingest.receive.sources import SourceFile
from ingest.store.facts import SMALLER, What
from ingest.store.index.known import FileState
from ingest.store.index.state import LedgerState
from ingest.store.keys_and_paths import key_of

NO_VERSION: Final = (0, 0.0, None)
"""The version of every file of a source that gives neither sizes nor times."""
MAY_IMPROVE: Final = (
    Reason.DAMAGED,
    Reason.TRUNCATED,
    Reason.SIZE,
    Reason.CHECKSUM,
    Reason.RECORD_COUNT,
    Reason.NOT_AVRO,
    Reason.WRONG_KEY,
)
"""Faults that another copy of the same file may not have."""

log = logging.getLogger(__name__)


class Offer(NamedTuple):
    """A file that a source lists, and what its name means; None where it breaks the grammar."""

    listed: SourceFile
    file: DailyFile | ManifestFile | None

    @classmethod
    def of(cls, listed: SourceFile) -> "Offer":
        """Parse a listed name; only a baseline may have a name of a baseline's files."""
        parse = parse_kept_name if listed.delivered_name else parse_name
        return cls(listed, parse(listed.name))

    @property
    def age(self) -> tuple[str, str]:
        """The day and the name; files are fetched in this order, as MX deletes old days first."""
        day = self.file.delivery.snapshot_date.isoformat() if self.file else ""
        return (day, self.listed.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The snapshot dates that are wanted, both ends included."""

    since: date = date.min
    until: date = date.max

    def have(self, offer: Offer) -> bool:
        """Say whether a file is of these days; one whose name gives no day is of any."""
        return offer.file is None or self.since <= offer.file.delivery.snapshot_date <= self.until


ALL_DAYS = Days()


def choose_wanted(offers: Iterable[Offer], *, state: LedgerState, data: Path) -> list[Offer]:
    """Choose the files to fetch, those of the oldest day first."""
    archived_names = cache(partial(_archived_names, data / "archive"))
    wanted = [
        offer
        for offer in offers
        if _is_new(offer, state) or _is_lost(offer, state, archived_names=archived_names)
    ]
    return sorted(wanted, key=lambda offer: offer.age)


def _is_new(offer: Offer, state: LedgerState) -> bool:
    listed, file = offer
    if not is_ours(listed.name):
        log.debug("left alone: %s", ascii(listed.name))
        return False
    if file and listed.name in state.bad_names:
        return True  # its day has come, or an older version did not know such names
    is_new = state.version(listed.key) != listed.version
    if listed.listing and isinstance(file, DailyFile):
        return _is_wanted_version(state.file(key_of(file)), listed.listing, is_new=is_new)
    return is_new or (listed.version == NO_VERSION and _may_have_changed(offer, state))


def _is_wanted_version(file: FileState, listing: Listing, *, is_new: bool) -> bool:
    """Compare a file with a list that gives its checksum."""
    if file.is_gone_as(listing) or file.has_come(listing):
        return False
    return is_new or _may_improve(file)


def _may_improve(file: FileState) -> bool:
    return file.result is not None and file.result.reason in MAY_IMPROVE


def _may_have_changed(offer: Offer, state: LedgerState) -> bool:
    """Ask again for a file that was not good: a good copy looks like the old one."""
    file = offer.file
    if file is None:
        return False
    if isinstance(file, ManifestFile):
        result = state.day(file.delivery).result
        return result is not None and result.what != What.LISTED
    known = state.file(key_of(file))
    is_smaller = known.result is not None and known.result.reason == SMALLER
    return is_smaller or _may_improve(known) or known.is_set_aside


def _is_lost(
    offer: Offer,
    state: LedgerState,
    *,
    archived_names: Callable[[Delivery], frozenset[str]],
) -> bool:
    """Say whether the archive has lost a file that the source may still have."""
    listed, file = offer
    if file is None:
        return False
    if listed.name in archived_names(file.delivery):
        return False
    day = state.day(file.delivery)
    if isinstance(file, ManifestFile):
        return day.manifest is not None and day.manifest.name == listed.name
    known = day.file(key_of(file))
    is_newest = known.archived is not None and known.archived.name == listed.name
    return is_newest and not known.is_gone_as(listed.listing)


def _archived_names(archive: Path, delivery: Delivery) -> frozenset[str]:
    folder = archive / delivery.folder
    return frozenset(each.name for each in folder.iterdir()) if folder.is_dir() else frozenset()
