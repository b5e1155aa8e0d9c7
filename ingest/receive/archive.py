"""The archive: every file's bytes as delivered, newest under its name, older ones beside it."""

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ingest.delivery.names import AHEAD, EARLIEST, DailyFile, ManifestFile, parse_kept_name
from ingest.errors import Reason, RejectedError
from ingest.receive.incoming import Fetched
from ingest.receive.sources import SourceFile
from ingest.receive.wanted import Offer
from ingest.store.durable import hash_file, link_or_copy, move_synced, sync_folder
from ingest.store.facts import Archived, What
from ingest.store.index.state import LedgerState
from ingest.store.keys_and_paths import archive_path, key_of, replaced_path
from ingest.store.ledger import Ledger
from ingest.store.quarantine import leave_quarantine, put_in_quarantine, quarantine_path

FILES_AT_ONCE: Final = 64
BYTES_AT_ONCE: Final = 64 << 20
"""So much waits in scratch for its record, and would be fetched again after a kill."""
CLOCK_SLACK: Final = timedelta(seconds=2)
"""By how much a file system's times may lag behind the clock."""
UNKNOWN_TIME: Final = 0.0
"""A modification time that no source has, so that the file is looked at again."""

log = logging.getLogger(__name__)


class Archive(AbstractContextManager["Archive"]):
    """Archives fetched files, several with one sync; at the end of the block all are recorded."""

    def __init__(self, *, data: Path, ledger: Ledger, scratch: Path) -> None:
        self._data = data
        self._ledger = ledger
        self._scratch = scratch
        self._waiting: list[tuple[DailyFile | ManifestFile, Fetched, dict[str, Any]]] = []

    def __exit__(self, *_: object) -> None:
        self._archive_waiting()

    def add(self, fetched: Fetched, offer: Offer) -> None:
        """Take one file, and archive those that wait if they have become many."""
        listed, file = offer
        facts = {
            "name": listed.name,
            "encrypted_bytes": fetched.size_bytes,
            "encrypted_sha256": fetched.sha256,
            "delivered_name": listed.delivered_name,
            "plain_as_delivered": fetched.plain_sha256,
            **_version_of(listed),
        }
        if file and self._is_erased_since(file, fetched, facts):
            fetched.path.unlink()
            return
        if file is None or any(file == waiting for waiting, _, _ in self._waiting):
            self._archive_waiting()
        if file is None:
            self._quarantine(fetched.path, facts)
            return
        self._waiting.append((file, fetched, facts))
        size = sum(each.size_bytes for _, each, _ in self._waiting)
        if len(self._waiting) >= FILES_AT_ONCE or size >= BYTES_AT_ONCE:
            self._archive_waiting()

    def _is_erased_since(
        self, file: DailyFile | ManifestFile, fetched: Fetched, facts: dict[str, Any]
    ) -> bool:
        """Record only that a source has the same bytes still that an erasure has replaced here."""
        if isinstance(file, ManifestFile):
            return False
        known = self._ledger.state.file(key_of(file)).archived_under(facts["name"])
        is_here = archive_path(self._data, file, name=facts["name"]).exists()
        erased = known.erased if known and is_here else None
        if not known or not erased or not erased.came_as(fetched.sha256, fetched.plain_sha256):
            return False
        bytes_here = {
            "encrypted_bytes": known.encrypted_bytes,
            "encrypted_sha256": known.encrypted_sha256,
        }
        self._ledger.append(
            What.ARCHIVED, file, **facts | bytes_here | {"plain_as_delivered": None}
        )
        return True

    def refuse(self, offer: Offer) -> None:
        """Quarantine the name of a listed file that cannot be asked for by that name."""
        self._archive_waiting()
        self._quarantine(None, {"name": offer.listed.name, **_version_of(offer.listed)})

    def _archive_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        began_at = datetime.now(tz=UTC)
        folders = set()
        for file, fetched, facts in waiting:
            target = archive_path(self._data, file, name=facts["name"])
            self._keep_replaced(file, target, by=fetched)
            move_synced(fetched.path, target)
            folders.add(target.parent)
        for folder in sorted(folders):
            sync_folder(folder)
        records = [(What.ARCHIVED, file, facts) for file, _, facts in waiting]
        healed = {facts["name"] for _, _, facts in waiting} & self._ledger.state.bad_names.keys()
        self._ledger.append_all(records, at=began_at)
        for name in healed:
            leave_quarantine(quarantine_path(self._data, None, name=name))

    def _keep_replaced(self, file: DailyFile | ManifestFile, target: Path, *, by: Fetched) -> None:
        """Keep the bytes at a path under a longer name, unless the same bytes come again."""
        replaced = self._replaced(file, name=target.name)
        sha256 = replaced.encrypted_sha256 if replaced else None
        if sha256 not in (None, by.sha256) and target.exists():
            link_or_copy(target, replaced_path(target, sha256=str(sha256)))

    def _replaced(self, file: DailyFile | ManifestFile, *, name: str) -> Archived | None:
        """Give what is known of the bytes at the path that a file goes to."""
        if isinstance(file, ManifestFile):
            return self._ledger.state.day(file.delivery).manifest
        known = self._ledger.state.file(key_of(file))
        if known.archived and known.archived.name != name:
            log.warning(
                "%s: expected one file of its stem, found %s; the manifest tells which counts",
                ascii(name),
                ascii(known.archived.name),
            )
        return known.archived_under(name)

    def _quarantine(self, ciphertext: Path | None, facts: dict[str, Any]) -> None:
        error = RejectedError(
            Reason.NAME,
            expected="<client>.<date>.<resource>.<event>.avro.pgp, or a manifest's name, "
            f"of a day from {EARLIEST} to {AHEAD.days} days from now",
            found=ascii(facts["name"]),
        )
        target = quarantine_path(self._data, None, name=facts["name"])
        put_in_quarantine(
            target, ciphertext=ciphertext, error=error, scratch=self._scratch, **facts
        )
        self._ledger.append(What.QUARANTINED, None, **facts, reason=error.reason)


def _version_of(listed: SourceFile) -> dict[str, Any]:
    return {
        "listed_as": listed.key if listed.listing else None,
        "source_bytes": listed.size_bytes,
        "source_modified_at": listed.modified_at,
        "source_checksum": listed.checksum,
    }


def adopt_orphans(*, data: Path, ledger: Ledger) -> None:
    """Record files that a killed run archived and did not record.

    Their source may be gone by now; so they are checked like any other file.
    """
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
