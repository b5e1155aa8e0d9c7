"""Take a landed file out again: first the record of it, then quarantine, then its rows.

Builds refuse a landing that has lost files without a record. So the record comes first, and the
Parquet file goes last: where both are there, a killed run has left work to do.
"""

import logging
from pathlib import Path
from typing import Any

from ingest.delivery.names import DailyFile
from ingest.errors import Reason, RejectedError
from ingest.store.durable import remove_synced
from ingest.store.facts import Landed, What
from ingest.store.index.known import FileState
from ingest.store.index.lists import set_aside_files
from ingest.store.keys_and_paths import FileKey, archive_path, landing_path, replaced_path
from ingest.store.ledger import Ledger
from ingest.store.quarantine import put_in_quarantine, quarantine_path

log = logging.getLogger(__name__)


def set_aside(key: FileKey, *, data: Path, ledger: Ledger, scratch: Path) -> None:
    """Take a landed file out of the landing; one that was set aside before has its record.

    Newer bytes that are in quarantine stay there with their own reason.
    """
    known = ledger.state.file(key)
    file = known.delivered
    if file and known.landed:
        error = _error()
        ledger.append(
            What.SET_ASIDE,
            file,
            **_facts(known, known.landed),
            path=landing_path(file).as_posix(),
            plain_sha256=known.landed.plain_sha256,
            reason=error.reason,
            expected=error.expected,
            found=error.found,
        )
        log.warning("set aside %s", file.stem, extra={"facts": {"event": "set aside"}})
    if file:
        _take_out(ledger.state.file(key), file, data=data, scratch=scratch)


def finish_set_aside(*, data: Path, ledger: Ledger, scratch: Path) -> None:
    """Take out what a killed run had recorded and left, or had landed again and not recorded."""
    ledger.flush()
    for known in set_aside_files(ledger.state):
        file = known.delivered
        if file and known.is_set_aside and (data / landing_path(file)).exists():
            _take_out(known, file, data=data, scratch=scratch)


def _take_out(known: FileState, file: DailyFile, *, data: Path, scratch: Path) -> None:
    result = known.result
    if result is None or not result.is_quarantined or result.reason == Reason.SET_ASIDE:
        _quarantine(known, file, data=data, scratch=scratch)
    remove_synced(data / landing_path(file))


def _quarantine(known: FileState, file: DailyFile, *, data: Path, scratch: Path) -> None:
    landed, newest = known.set_aside[-1], known.newest
    ciphertext = archive_path(data, file, name=newest.name)
    if newest.encrypted_sha256 != landed.encrypted_sha256:
        ciphertext = replaced_path(ciphertext, sha256=landed.encrypted_sha256)
    put_in_quarantine(
        quarantine_path(data, file, name=newest.name),
        ciphertext=ciphertext if ciphertext.exists() else None,
        error=_error(),
        scratch=scratch,
        **_facts(known, landed),
    )


def _error() -> RejectedError:
    return RejectedError(
        Reason.SET_ASIDE, expected="a file to build from", found="one that an operator set aside"
    )


def _facts(known: FileState, landed: Landed) -> dict[str, Any]:
    """Name the bytes that had landed, and the manifest that they were checked against."""
    result = known.result
    is_of_these = result is not None and result.encrypted_sha256 == landed.encrypted_sha256
    return {
        "name": known.newest.name,
        "encrypted_bytes": landed.encrypted_bytes,
        "encrypted_sha256": landed.encrypted_sha256,
        "manifest_sha256": result.manifest_sha256 if result and is_of_these else None,
    }
