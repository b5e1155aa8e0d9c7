"""Source to archive: every file that is new or has changed, each of them whole."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ingest.concurrency import map_ahead
from ingest.delivery.names import DailyFile, ManifestFile, is_ours, parse_kept_name, parse_name
from ingest.errors import FileAbsent, FileGone, SourceError
from ingest.openpgp.encrypt import Encrypt
from ingest.receive.archive import archive_path, changed_folders
from ingest.receive.arrivals import Archiving, archived_as
from ingest.receive.download import Downloads
from ingest.receive.incoming import Fetched
from ingest.receive.sources import Source, SourceFile
from ingest.receive.wanted import is_wanted, may_come_better, record_lists
from ingest.status.progress import Progress
from ingest.status.standing import is_ready
from ingest.store.digest import hash_file
from ingest.store.ledger.ledger import Ledger
from ingest.store.ledger.state import SMALLER, What, place_of

FILES_AT_ONCE = 8
"""More than a source has connections, as some wait for the disk."""
FILES_AHEAD = 80
"""How many may lie in scratch while an older and larger one is still coming."""
CLOCK_SLACK = timedelta(seconds=2)
"""By how much a file system's times may lag behind the clock."""
NO_MARK = (0, 0.0, None)
UNKNOWN_TIME = 0.0
"""A modification time that no source has, so that the file is looked at again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The snapshot dates that are wanted, both ends included."""

    since: date = date.min
    until: date = date.max

    def have(self, listed: SourceFile) -> bool:
        """Say whether a file is of these days; one whose name tells no day is of any."""
        file = parse_name(listed.name)
        return file is None or self.since <= file.delivery.snapshot_date <= self.until


ALL_DAYS = Days()


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
    """Archive what the ledger does not know yet, the oldest day first, as it is lost first.

    Args:
        encrypt: makes ciphertext of what comes in the clear.
        expect: is told beforehand of how many bytes the largest file is.
        note_list: is told all that the source lists, of whatever days and names.

    Returns:
        What could not be read; the files after it were fetched all the same.

    Raises:
        SourceError: the source cannot be listed.
    """
    failures: list[SourceError] = []
    downloads = Downloads(source, scratch=scratch, encrypt=encrypt)
    all_files = downloads.list_files()
    note_list(all_files)
    listed_files = [each for each in all_files if days.have(each)]
    record_lists(listed_files, ledger=ledger, now=datetime.now(tz=UTC))
    new = [each for each in listed_files if _is_new(each, ledger) or _is_lost(each, ledger, data)]
    new.sort(key=_age)
    expect(max((listed.size_bytes for listed in new), default=0))
    progress.begin("fetch", total=sum(listed.size_bytes for listed in new))
    with Archiving(data=data, ledger=ledger, scratch=scratch) as archiving:
        for listed in [each for each in new if each.listing and parse_name(each.name) is None]:
            archiving.refuse(listed)
            new.remove(listed)
        for listed, fetched in _fetch_ahead(downloads, new):
            if isinstance(fetched, Fetched):
                archiving.add(fetched, listed)
            elif isinstance(fetched, FileGone | FileAbsent) and listed.listing:
                _note_absence(fetched, listed, ledger=ledger)
            else:
                _warn(fetched, listed, event="not fetched")
                failures.append(fetched)
            progress.advance(listed.size_bytes)
    return failures


def _note_absence(error: SourceError, listed: SourceFile, *, ledger: Ledger) -> None:
    """A listed file that is not there is no failure of the run: its day stays unwhole."""
    file = parse_name(listed.name)
    if isinstance(error, FileGone) and isinstance(file, DailyFile):
        _warn(error, listed, event="gone")
        ledger.append(What.GONE, file, name=listed.name, listed_checksum=listed.checksum)
    elif file and not is_ready(file.delivery.snapshot_date, now=datetime.now(tz=UTC)):
        log.info("%s: not due yet", listed.name)
    else:
        _warn(error, listed, event="missing")


def _warn(error: SourceError, listed: SourceFile, *, event: str) -> None:
    log.warning("%s", error, extra={"facts": {"event": event, "name": listed.name}})


def _fetch_ahead(
    downloads: Downloads, new: list[SourceFile]
) -> Iterator[tuple[SourceFile, Fetched | SourceError]]:
    """Fetch several files at once, and give them in their order."""
    with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="fetch") as threads:
        fetched = map_ahead(downloads.fetch, new, executor=threads, ahead=FILES_AHEAD)
        try:
            yield from zip(new, fetched, strict=True)
        finally:
            downloads.stop()


def adopt_orphans(*, data: Path, ledger: Ledger) -> None:
    """Record what a killed run had archived and not recorded yet; the source may be gone by now."""
    since = ledger.state.last_at - CLOCK_SLACK
    for folder in changed_folders(data / "archive", since=since):
        for path in sorted(folder.iterdir()):
            file = parse_kept_name(path.name)
            archived = archived_as(ledger, file) if file else None
            if file and folder != data / "archive" / file.delivery.folder:
                continue
            is_other_name = archived is not None and archived.name != path.name
            if file is None or (is_other_name and path.name in ledger.state.seen):
                continue
            sha256 = hash_file(path)
            if archived and archived.encrypted_sha256 == sha256:
                continue
            size = path.stat().st_size
            ledger.append(
                What.ARCHIVED,
                file,
                name=path.name,
                encrypted_bytes=size,
                encrypted_sha256=sha256,
                source_bytes=size,
                source_modified_at=UNKNOWN_TIME,
            )


def _is_new(listed: SourceFile, ledger: Ledger) -> bool:
    if not is_ours(listed.name):
        log.debug("left alone: %s", ascii(listed.name))
        return False
    if listed.name in ledger.state.bad_names and parse_name(listed.name):
        return True  # its day has come, or an older version did not know such names
    if listed.listing:
        return is_wanted(listed, listed.listing, ledger.state)
    return ledger.state.seen.get(listed.key) != listed.mark or _may_have_healed(listed, ledger)


def _is_lost(listed: SourceFile, ledger: Ledger, data: Path) -> bool:
    """Say whether the archive no longer has a file, and the source may have it still."""
    file = parse_kept_name(listed.name)
    archived = archived_as(ledger, file) if file else None
    if file is None or archived is None or archived.name != listed.name:
        return False
    if isinstance(file, DailyFile) and ledger.state.is_gone(place_of(file), listed.listing):
        return False
    return not archive_path(data / "archive", file, name=archived.name).exists()


def _may_have_healed(listed: SourceFile, ledger: Ledger) -> bool:
    """Where a source tells neither size nor time, a new copy of a file looks like the old one."""
    state = ledger.state
    file = parse_kept_name(listed.name)
    if listed.mark != NO_MARK or file is None:
        return False
    if isinstance(file, ManifestFile):
        verdict = state.manifest_verdicts.get(file.delivery)
        return verdict is not None and verdict.what != What.LISTED
    verdict = state.verdicts.get(place_of(file))
    if verdict and verdict.reason == SMALLER:
        return True
    return may_come_better(state, place_of(file)) or state.is_set_aside(place_of(file))


def _age(listed: SourceFile) -> tuple[str, str]:
    parsed = parse_kept_name(listed.name)
    return (parsed.delivery.snapshot_date.isoformat() if parsed else "", listed.name)
