"""A source that lists its files itself: what of its list is new, and what the ledger keeps of it.

Rule: the list is that source's manifest. It says what there is now, so a day's files are all that
its lists have named so far: those that expire do not take back what they were held against.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile, Delivery, ManifestFile, parse_name
from ingest.errors import Reason
from ingest.receive.sources import SourceFile
from ingest.status.standing import is_ready
from ingest.store.ledger.ledger import Ledger, Record
from ingest.store.ledger.state import LedgerState, Place, What, place_of

COMES_BETTER: Final = (
    Reason.DAMAGED,
    Reason.TRUNCATED,
    Reason.SIZE,
    Reason.CHECKSUM,
    Reason.RECORD_COUNT,
    Reason.NOT_AVRO,
    Reason.WRONG_KEY,
)
"""What may be otherwise when the same file is asked for again."""


def is_wanted(listed: SourceFile, listing: Listing, state: LedgerState) -> bool:
    """Say whether to ask for a file: not if the ledger has it under the same checksum."""
    file = parse_name(listed.name)
    is_new = state.seen.get(listed.key) != listed.mark
    if not isinstance(file, DailyFile):
        return is_new
    place = place_of(file)
    if state.is_gone(place, listing) or state.has_come(place, listing):
        return False
    return is_new or may_come_better(state, place)


def may_come_better(state: LedgerState, place: Place) -> bool:
    """Say whether a file was turned away for what may be otherwise when it comes again."""
    verdict = state.verdicts.get(place)
    return verdict is not None and verdict.reason in COMES_BETTER


def record_lists(files: Iterable[SourceFile], *, ledger: Ledger, now: datetime) -> None:
    """Record what a source says of its files, where that is news."""
    days: dict[Delivery, dict[Place, Listing]] = defaultdict(dict)
    for listed in files:
        file = parse_name(listed.name)
        if listed.listing and isinstance(file, DailyFile):
            days[file.delivery][place_of(file)] = listed.listing
    records: list[Record] = []
    for delivery in sorted(days, key=lambda each: each.age):
        if facts := _news_of(delivery, days[delivery], state=ledger.state, now=now):
            records.append((What.LISTED, ManifestFile(delivery=delivery), facts))
    if records:
        ledger.append_all(records, at=now)


def _news_of(
    delivery: Delivery, listed: dict[Place, Listing], *, state: LedgerState, now: datetime
) -> dict[str, Any] | None:
    # What has come by a manifest stays held against that, as long as it is the same file.
    known = state.listings.get(delivery, {})
    merged = known | {
        place: listing
        for place, listing in listed.items()
        if place not in known or not state.has_come(place, listing)
    }
    is_unfinished = not is_ready(delivery.snapshot_date, now=now)
    has_ended = delivery in state.unfinished and not is_unfinished
    if merged == known and not has_ended:
        return None
    rows = [asdict(merged[place]) for place in sorted(merged)]
    return {
        "list_sha256": hashlib.sha256(json.dumps(rows).encode()).hexdigest(),
        "is_unfinished": is_unfinished or None,
        "listed": rows,
    }
