"""From a source to the archive: every file that is new or has changed, each completely.

Rule: the list of a source that lists its files itself is its manifest. It gives what there is now,
so a day's files are all that its lists have named so far: files that expire do not take back what
they were compared with.
"""

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.concurrency import map_ahead
from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile, Delivery, ManifestFile
from ingest.errors import FileAbsent, FileGone, SourceError
from ingest.openpgp.encrypt import Encrypt
from ingest.receive.archive import Archive
from ingest.receive.download import Downloads
from ingest.receive.incoming import Fetched
from ingest.receive.sources import Source, SourceFile
from ingest.receive.wanted import ALL_DAYS, Days, Offer, choose_wanted
from ingest.status.runs import Progress
from ingest.status.schedule import is_ready
from ingest.store.facts import What
from ingest.store.index.known import DayState
from ingest.store.keys_and_paths import FileKey, key_of
from ingest.store.ledger import Ledger, Record

FILES_AT_ONCE = 8
"""More than a source has connections, as some wait for the disk."""
FILES_AHEAD = 80
"""How many may lie in scratch while an older and larger one is still coming."""

log = logging.getLogger(__name__)


def fetch_all(
    source: Source,
    *,
    data: Path,
    ledger: Ledger,
    scratch: Path,
    encrypt: Encrypt,
    progress: Progress,
    days: Days = ALL_DAYS,
    expect: Callable[[int], None] = lambda _: None,
    note_list: Callable[[list[SourceFile]], None] = lambda _: None,
) -> list[SourceError]:
    """Archive what the ledger does not know yet, the oldest day first: it is deleted first.

    Args:
        encrypt: makes ciphertext of what comes in plain text.
        expect: is called first, with the size of the largest file in bytes.
        note_list: is called with everything that the source lists, of all days and names.

    Returns:
        The failures; files after a failure were fetched all the same.

    Raises:
        SourceError: the source cannot be listed.
    """
    downloads = Downloads(source, scratch=scratch, encrypt=encrypt)
    listed = downloads.list_files()
    note_list(listed)
    offers = [offer for offer in map(Offer.of, listed) if days.have(offer)]
    record_lists(offers, ledger=ledger, now=datetime.now(tz=UTC))
    wanted = choose_wanted(offers, state=ledger.state, data=data)
    expect(max((offer.listed.size_bytes for offer in wanted), default=0))
    progress.begin("fetch", total=sum(offer.listed.size_bytes for offer in wanted))
    with Archive(data=data, ledger=ledger, scratch=scratch) as archive:
        for offer in wanted:
            if not _is_askable(offer):
                archive.refuse(offer)
        askable = list(filter(_is_askable, wanted))
        return list(_archive_all(downloads, askable, archive, ledger=ledger, progress=progress))


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


def _is_askable(offer: Offer) -> bool:
    """Say whether to ask for a file: one that a list gives a wrong name cannot be asked for."""
    return offer.file is not None or offer.listed.listing is None


def _archive_all(
    downloads: Downloads,
    offers: list[Offer],
    archive: Archive,
    *,
    ledger: Ledger,
    progress: Progress,
) -> Iterator[SourceError]:
    """Archive each file, and yield the faults of those that did not come."""
    for offer, fetched in _fetch_ahead(downloads, offers):
        if isinstance(fetched, Fetched):
            archive.add(fetched, offer)
        elif isinstance(fetched, FileGone | FileAbsent) and offer.listed.listing:
            _note_absence(fetched, offer, ledger=ledger)
        else:
            _warn(fetched, offer, event="not fetched")
            yield fetched
        progress.advance(offer.listed.size_bytes)


def _note_absence(error: SourceError, offer: Offer, *, ledger: Ledger) -> None:
    """Note a listed file that is not there: its day stays incomplete, the run does not fail."""
    listed, file = offer
    if isinstance(error, FileGone) and isinstance(file, DailyFile):
        _warn(error, offer, event="gone")
        ledger.append(What.GONE, file, name=listed.name, listed_checksum=listed.checksum)
    elif file and not is_ready(file.delivery.snapshot_date, now=datetime.now(tz=UTC)):
        log.info("%s: not due yet", listed.name)
    else:
        _warn(error, offer, event="missing")


def _warn(error: SourceError, offer: Offer, *, event: str) -> None:
    log.warning("%s", error, extra={"facts": {"event": event, "name": offer.listed.name}})


def _fetch_ahead(
    downloads: Downloads, offers: list[Offer]
) -> Iterator[tuple[Offer, Fetched | SourceError]]:
    """Fetch several files at once, and give them in their order."""
    files = [offer.listed for offer in offers]
    with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="fetch") as threads:
        fetched = map_ahead(downloads.fetch, files, executor=threads, ahead=FILES_AHEAD)
        try:
            yield from zip(offers, fetched, strict=True)
        finally:
            downloads.stop()
