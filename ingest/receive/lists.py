"""The lists of a source that lists its files itself, as the ledger keeps them.

Rule: such a list is that source's manifest. It gives what there is now, so a day's files are all
that its lists have named so far: files that expire do not take back what they were compared with.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile, Delivery, ManifestFile
from ingest.receive.wanted import Offer
from ingest.status.schedule import is_ready
from ingest.store.index.known import DayState
from ingest.store.ledger import Ledger, Record
from ingest.store.record.facts import What
from ingest.store.record.keys import FileKey, key_of


def record_lists(offers: Iterable[Offer], *, ledger: Ledger, now: datetime) -> None:
    """Record what a source says of its files, where that is news."""
    days: dict[Delivery, dict[FileKey, Listing]] = defaultdict(dict)
    for listed, file in offers:
        if listed.listing and isinstance(file, DailyFile):
            days[file.delivery][key_of(file)] = listed.listing
    records: list[Record] = []
    for delivery in sorted(days, key=lambda each: each.age):
        if facts := _news_of(ledger.state.day(delivery), days[delivery], now=now):
            records.append((What.LISTED, ManifestFile(delivery=delivery), facts))
    if records:
        ledger.append_all(records, at=now)


def _news_of(
    day: DayState, listed: dict[FileKey, Listing], *, now: datetime
) -> dict[str, Any] | None:
    # What has come by a manifest stays compared with that, as long as it is the same file.
    known = day.listings
    merged = known | {
        key: listing
        for key, listing in listed.items()
        if key not in known or not day.file(key).has_come(listing)
    }
    is_unfinished = not is_ready(day.delivery.snapshot_date, now=now)
    has_ended = day.is_unfinished and not is_unfinished
    if merged == known and not has_ended:
        return None
    rows = [asdict(merged[key]) for key in sorted(merged)]
    return {
        "list_sha256": hashlib.sha256(json.dumps(rows).encode()).hexdigest(),
        "is_unfinished": is_unfinished or None,
        "listed": rows,
    }
