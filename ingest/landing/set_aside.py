"""A landed file is taken out again: first the record of it, then into quarantine, then its rows go.

Builds refuse a landing that has lost files without a record. So the record comes first, and the
Parquet file goes last: where both are there, a killed run has left work to do.
"""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest.delivery.names import DailyFile, parse_kept_name
from ingest.errors import Reason, RejectedError
from ingest.receive.archive import archive_path, replaced_path
from ingest.store.durable import remove_synced
from ingest.store.ledger.ledger import Ledger
from ingest.store.ledger.state import Landed, LedgerState, Place, What
from ingest.store.paths import landing_path
from ingest.store.quarantine import put_in_quarantine, quarantine_path

log = logging.getLogger(__name__)


def set_aside(place: Place, *, data: Path, ledger: Ledger, scratch: Path) -> None:
    """Take a landed file out of the landing; one that was set aside before has its record.

    Newer bytes that are in quarantine stay there with their own reason.
    """
    file = _file(place, ledger.state)
    landed = ledger.state.landed.get(place)
    if file and landed:
        error = _error()
        ledger.append(
            What.SET_ASIDE,
            file,
            **_facts(place, landed, ledger.state),
            path=landing_path(file).as_posix(),
            plain_sha256=landed.plain_sha256,
            reason=error.reason,
            expected=error.expected,
            found=error.found,
        )
        log.warning("set aside %s", file.stem, extra={"facts": {"event": "set aside"}})
    if file:
        _take_out(place, file, data=data, state=ledger.state, scratch=scratch)


def finish_set_aside(*, data: Path, ledger: Ledger, scratch: Path) -> None:
    """Take out what a killed run had recorded and left, or had landed again and not recorded."""
    for place in filter(ledger.state.is_set_aside, ledger.state.set_aside):
        file = _file(place, ledger.state)
        if file and (data / landing_path(file)).exists():
            _take_out(place, file, data=data, state=ledger.state, scratch=scratch)


def _take_out(
    place: Place, file: DailyFile, *, data: Path, state: LedgerState, scratch: Path
) -> None:
    verdict = state.verdicts[place]
    if verdict.what != What.QUARANTINED or verdict.reason == Reason.SET_ASIDE:
        _quarantine(place, file, data=data, state=state, scratch=scratch)
    remove_synced(data / landing_path(file))


def _quarantine(
    place: Place, file: DailyFile, *, data: Path, state: LedgerState, scratch: Path
) -> None:
    landed, newest = state.set_aside[place][-1], state.archived[place]
    ciphertext = archive_path(data / "archive", file, name=newest.name)
    if newest.encrypted_sha256 != landed.encrypted_sha256:
        ciphertext = replaced_path(ciphertext, sha256=landed.encrypted_sha256)
    put_in_quarantine(
        quarantine_path(data / "quarantine", file, name=newest.name),
        ciphertext=ciphertext if ciphertext.exists() else None,
        error=_error(),
        scratch=scratch,
        **_facts(place, landed, state),
    )


def _error() -> RejectedError:
    return RejectedError(
        Reason.SET_ASIDE, expected="a file to build from", found="one that an operator set aside"
    )


def _facts(place: Place, landed: Landed, state: LedgerState) -> dict[str, Any]:
    """Name the bytes that had landed, and the manifest by which they had."""
    verdict = state.verdicts[place]
    is_of_these = verdict.encrypted_sha256 == landed.encrypted_sha256
    return {
        "name": state.archived[place].name,
        "encrypted_bytes": landed.encrypted_bytes,
        "encrypted_sha256": landed.encrypted_sha256,
        "manifest_sha256": verdict.manifest_sha256 if is_of_these else None,
    }


def _file(place: Place, state: LedgerState) -> DailyFile | None:
    file = parse_kept_name(state.archived[place].name)
    return replace(file, delivery=place.delivery) if isinstance(file, DailyFile) else None
