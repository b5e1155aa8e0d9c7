"""Open manifests: the ledger records what each lists, or why it cannot be read."""

import logging
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from ingest.delivery.manifest import MAX_MANIFEST_BYTES, Listing, parse_manifest
from ingest.delivery.names import Delivery, ManifestFile
from ingest.errors import Reason, RejectedError
from ingest.landing.commit import Commit, bytes_of
from ingest.landing.decide import Rules, is_manifest_due
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext
from ingest.store.facts import Archived, What
from ingest.store.index.known import DayState
from ingest.store.index.lists import due_manifests
from ingest.store.keys_and_paths import archive_path
from ingest.store.ledger import Ledger

log = logging.getLogger(__name__)


def open_manifests(
    *,
    data: Path,
    ledger: Ledger,
    keyring: Keyring,
    rules: Rules,
    now: datetime,
    commit: Commit,
) -> None:
    """Open every manifest that is new or asked for, the oldest day first."""
    ledger.flush()
    days = due_manifests(ledger.state, all_quarantined=rules.reopen_quarantine)
    for day in sorted(days, key=lambda each: each.delivery.age):
        if day.manifest is None or not is_manifest_due(day, now=now, rules=rules):
            continue
        try:
            listings, plain = _open(day, day.manifest, data=data, keyring=keyring)
        except RejectedError as error:
            has_settled = now - day.manifest.at >= rules.settle
            _reject(day, day.manifest, error, has_settled=has_settled, ledger=ledger, commit=commit)
            continue
        file = ManifestFile(delivery=day.delivery)
        commit.accept(file, day.manifest)
        _warn_of_other_dates(listings, delivery=day.delivery)
        ledger.append(
            What.LISTED,
            file,
            **bytes_of(day.manifest),
            key_id=plain.key_id,
            signature=plain.signature,
            listed=[asdict(listing) for listing in listings],
        )


def _open(
    day: DayState, manifest: Archived, *, data: Path, keyring: Keyring
) -> tuple[list[Listing], Plaintext]:
    path = archive_path(data, ManifestFile(delivery=day.delivery), name=manifest.name)
    plain, text = keyring.read(
        path, lambda plain: plain.read(MAX_MANIFEST_BYTES), max_bytes=MAX_MANIFEST_BYTES
    )
    return parse_manifest(text, delivery=day.delivery), plain


def _reject(
    day: DayState,
    manifest: Archived,
    error: RejectedError,
    *,
    has_settled: bool,
    ledger: Ledger,
    commit: Commit,
) -> None:
    """Quarantine a manifest; a damaged one may still be coming, and waits until it has settled."""
    file = ManifestFile(delivery=day.delivery)
    if error.reason == Reason.DAMAGED:
        if not has_settled:
            ledger.append(What.WAITING, file, **bytes_of(manifest), reason="unreadable")
            return
        error = RejectedError(Reason.TRUNCATED, expected=error.expected, found=error.found)
    commit.reject(file, manifest, error, manifest_sha256=day.manifest_sha256)


def _warn_of_other_dates(listings: list[Listing], *, delivery: Delivery) -> None:
    """Warn of effective dates that may mean the day of generation: no reason to reject a file."""
    day = delivery.snapshot_date.isoformat()
    others = [each.effective_date for each in listings if each.effective_date[:10] != day]
    if others:
        log.warning(
            "manifest of %s of %s: expected the effective date %s, found %s in %d rows",
            delivery.client_guid,
            day,
            day,
            ascii(others[0][:40]),
            len(others),
        )
