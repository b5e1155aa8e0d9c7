"""Source to archive: every file that is new or has changed, each of them whole."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from ingest.archive import Download, Fetched, archive_path, changed_folders, store
from ingest.delivery import DailyFile, ManifestFile, is_ours, parse_name
from ingest.errors import Reason, RejectedError, SourceError, SourceUnavailable
from ingest.ledger import Ledger
from ingest.ledger_state import Archived, What, place_of
from ingest.progress import Progress
from ingest.quarantine import put_in_quarantine, quarantine_path
from ingest.sources import Source, SourceFile

ATTEMPTS = 5
LONGEST_WAIT_S = 30
CLOCK_SLACK = timedelta(seconds=2)
"""By how much a file system's times may lag behind the clock."""
UNKNOWN_TIME = 0.0
"""A modification time that no source has, so that the file is looked at again."""

log = logging.getLogger(__name__)


def fetch_all(
    source: Source, *, data: Path, ledger: Ledger, scratch: Path, progress: Progress
) -> list[SourceError]:
    """Archive what the ledger does not know yet, the oldest day first, as it is lost first.

    Returns:
        What could not be read; the files after it were fetched all the same.

    Raises:
        SourceError: the source cannot be listed.
    """
    failures: list[SourceError] = []
    new = sorted((each for each in _list(source) if _is_new(each, ledger)), key=_age)
    progress.begin("fetch", total=sum(listed.size_bytes for listed in new))
    for listed in new:
        try:
            fetched = _download(source, listed, scratch=scratch)
        except SourceError as error:
            log.warning("%s", error, extra={"facts": {"event": "not fetched", "name": listed.name}})
            failures.append(error)
        else:
            _archive(fetched, listed, data=data, ledger=ledger, scratch=scratch)
        progress.advance(listed.size_bytes)
    return failures


def adopt_orphans(*, data: Path, ledger: Ledger) -> None:
    """Record what a killed run had archived and not recorded yet; the source may be gone by now."""
    since = ledger.state.last_at - CLOCK_SLACK
    for folder in changed_folders(data / "archive", since=since):
        for path in sorted(folder.iterdir()):
            file = parse_name(path.name)
            archived = _archived(ledger, file) if file else None
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
    parsed = parse_name(listed.name)
    return (parsed.delivery.snapshot_date.isoformat() if parsed else "", listed.name)


def _archive(
    fetched: Fetched, listed: SourceFile, *, data: Path, ledger: Ledger, scratch: Path
) -> None:
    file = parse_name(listed.name)
    facts = {
        "name": listed.name,
        "encrypted_bytes": fetched.size_bytes,
        "encrypted_sha256": fetched.sha256,
        "source_bytes": listed.size_bytes,
        "source_modified_at": listed.modified_at,
    }
    if file is None:
        error = RejectedError(
            Reason.NAME,
            expected="<client>.<date>.<resource>.<event>.avro.pgp, or a manifest's name",
            found=ascii(listed.name),
        )
        target = quarantine_path(data / "quarantine", None, name=listed.name)
        put_in_quarantine(target, ciphertext=fetched.path, error=error, scratch=scratch, **facts)
        ledger.append(What.QUARANTINED, None, **facts, reason=error.reason)
        return
    replaced = _archived(ledger, file)
    store(
        fetched,
        archive_path(data / "archive", file, name=listed.name),
        replaced_sha256=replaced.encrypted_sha256 if replaced else None,
    )
    ledger.append(What.ARCHIVED, file, **facts)


def _archived(ledger: Ledger, file: DailyFile | ManifestFile) -> Archived | None:
    if isinstance(file, ManifestFile):
        return ledger.state.manifests.get(file.delivery)
    return ledger.state.archived.get(place_of(file))


def _list(source: Source) -> list[SourceFile]:
    files: list[SourceFile] = _retrying()(source.list_files)
    return files


def _download(source: Source, listed: SourceFile, *, scratch: Path) -> Fetched:
    download = Download(scratch)
    fetched: Fetched = _retrying()(
        download.attempt, partial(_open_unchanged, source, listed, download)
    )
    return fetched


@contextmanager
def _open_unchanged(
    source: Source, listed: SourceFile, download: Download, offset: int
) -> Iterator[BinaryIO]:
    """Open a file where the last attempt ended, or from the start if it has changed since."""
    if offset and listed not in source.list_files():
        download.restart()
        offset = 0
    with source.open_file(listed.name, offset=offset) as stream:
        yield stream


def _retrying() -> Retrying:
    return Retrying(
        retry=retry_if_exception_type(SourceUnavailable),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT_S),
        reraise=True,
    )
