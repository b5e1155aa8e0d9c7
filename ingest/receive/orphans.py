"""Files that a killed run archived and did not record; their source may be gone by now."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ingest.delivery.names import DailyFile, ManifestFile, parse_kept_name
from ingest.store.durable import hash_file
from ingest.store.index.state import LedgerState
from ingest.store.ledger import Ledger
from ingest.store.record.facts import Archived, What
from ingest.store.record.keys import key_of

CLOCK_SLACK: Final = timedelta(seconds=2)
"""By how much a file system's times may lag behind the clock."""
UNKNOWN_TIME: Final = 0.0
"""A modification time that no source has, so that the file is looked at again."""


def adopt_orphans(*, data: Path, ledger: Ledger) -> None:
    """Record them, so that they are checked like any other file."""
    for folder in _changed_folders(data / "archive", since=ledger.state.last_at - CLOCK_SLACK):
        for path in sorted(folder.iterdir()):
            file = parse_kept_name(path.name)
            if file is None or folder != data / "archive" / file.delivery.folder:
                continue
            archived = _newest(ledger.state, file)
            is_other_name = archived is not None and archived.name != path.name
            if is_other_name and ledger.state.version(path.name) is not None:
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


def _newest(state: LedgerState, file: DailyFile | ManifestFile) -> Archived | None:
    if isinstance(file, ManifestFile):
        return state.day(file.delivery).manifest
    return state.file(key_of(file)).archived


def _changed_folders(archive: Path, *, since: datetime) -> Iterator[Path]:
    """Give the deliveries' folders in which files came or went after a moment."""
    moment = since.timestamp()
    for client in sorted(archive.glob("CLT-*")):
        with os.scandir(client) as days:
            changed = [day.path for day in days if day.stat().st_mtime > moment]
        yield from (Path(day) for day in sorted(changed))
