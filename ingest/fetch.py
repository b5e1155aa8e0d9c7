"""Source to archive: every file that is new or has changed, each of them whole."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from ingest.ahead import map_ahead
from ingest.archive import Fetched, changed_folders
from ingest.archiving import Archiving, archived_as
from ingest.delivery import is_ours, parse_kept_name
from ingest.download import Downloads
from ingest.errors import SourceError
from ingest.ledger import Ledger
from ingest.ledger_state import What
from ingest.progress import Progress
from ingest.sources import Source, SourceFile

FILES_AT_ONCE = 8
"""More than a source has connections, as some wait for the disk."""
FILES_AHEAD = 16
"""How many may lie in scratch while an older and larger one is still coming."""
CLOCK_SLACK = timedelta(seconds=2)
"""By how much a file system's times may lag behind the clock."""
UNKNOWN_TIME = 0.0
"""A modification time that no source has, so that the file is looked at again."""

log = logging.getLogger(__name__)


def fetch_all(
    source: Source,
    *,
    data: Path,
    ledger: Ledger,
    scratch: Path,
    progress: Progress,
    expect: Callable[[int], None] = lambda _: None,
) -> list[SourceError]:
    """Archive what the ledger does not know yet, the oldest day first, as it is lost first.

    Args:
        expect: is told beforehand of how many bytes the largest file is.

    Returns:
        What could not be read; the files after it were fetched all the same.

    Raises:
        SourceError: the source cannot be listed.
    """
    failures: list[SourceError] = []
    downloads = Downloads(source, scratch=scratch)
    new = sorted((each for each in downloads.list_files() if _is_new(each, ledger)), key=_age)
    expect(max((listed.size_bytes for listed in new), default=0))
    progress.begin("fetch", total=sum(listed.size_bytes for listed in new))
    with Archiving(data=data, ledger=ledger, scratch=scratch) as archiving:
        for listed, fetched in _fetch_ahead(downloads, new):
            if isinstance(fetched, SourceError):
                facts = {"event": "not fetched", "name": listed.name}
                log.warning("%s", fetched, extra={"facts": facts})
                failures.append(fetched)
            else:
                archiving.add(fetched, listed)
            progress.advance(listed.size_bytes)
    return failures


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
            is_other_name = archived is not None and archived.name != path.name
            if file is None or (is_other_name and path.name in ledger.state.seen):
                continue
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
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
    return ledger.state.seen.get(listed.name) != (listed.size_bytes, listed.modified_at)


def _age(listed: SourceFile) -> tuple[str, str]:
    parsed = parse_kept_name(listed.name)
    return (parsed.delivery.snapshot_date.isoformat() if parsed else "", listed.name)
