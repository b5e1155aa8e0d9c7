"""Manifests: each is opened, and the ledger told what it lists, or why it lists nothing."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ingest.delivery.manifest import MAX_MANIFEST_BYTES, Listing, parse_manifest
from ingest.delivery.names import Delivery, ManifestFile
from ingest.errors import Reason, RejectedError
from ingest.landing.commit import Concluding, bytes_of
from ingest.landing.decide import Rules, Step, next_manifest_step
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.plaintext import Plaintext
from ingest.receive.archive import archive_path
from ingest.store.ledger.ledger import Ledger
from ingest.store.ledger.state import Archived, What

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestJudging:
    """Judges the manifests that the ledger knows and this run has to judge."""

    data: Path
    ledger: Ledger
    keyring: Keyring
    rules: Rules
    now: datetime
    concluding: Concluding

    def judge_all(self) -> None:
        """Judge manifests, the oldest day first."""
        manifests = self.ledger.state.manifests
        for delivery in sorted(manifests, key=lambda each: each.age):
            self._judge_manifest(delivery, manifests[delivery])

    def _judge_manifest(self, delivery: Delivery, archived: Archived) -> None:
        step = next_manifest_step(self.ledger.state, delivery, now=self.now, rules=self.rules)
        if step == Step.NOTHING:
            return
        file = ManifestFile(delivery=delivery)
        try:
            listings, opened = self._open_manifest(file, archived)
        except RejectedError as error:
            if error.reason != Reason.DAMAGED:
                self.concluding.reject(file, archived, error)
            elif self.now - archived.at < self.rules.settle:
                self.ledger.append(What.WAITING, file, **bytes_of(archived), reason="unreadable")
            else:
                truncated = RejectedError(
                    Reason.TRUNCATED, expected=error.expected, found=error.found
                )
                self.concluding.reject(file, archived, truncated)
            return
        self.concluding.accept(file, archived)
        _warn_of_other_dates(listings, delivery=delivery)
        self.ledger.append(
            What.LISTED,
            file,
            **bytes_of(archived),
            key_id=opened.key_id,
            signature=opened.signature,
            listed=[asdict(listing) for listing in listings],
        )

    def _open_manifest(
        self, file: ManifestFile, archived: Archived
    ) -> tuple[list[Listing], Plaintext]:
        path = archive_path(self.data / "archive", file, name=archived.name)
        plain, text = self.keyring.read(
            path, lambda plain: plain.read(MAX_MANIFEST_BYTES), max_bytes=MAX_MANIFEST_BYTES
        )
        return parse_manifest(text, delivery=file.delivery), plain


def _warn_of_other_dates(listings: list[Listing], *, delivery: Delivery) -> None:
    """An effective date may mean the day of generation: that is no reason to turn a file away."""
    day = delivery.snapshot_date.isoformat()
    others = [each.effective_date for each in listings if each.effective_date[:10] != day]
    if others:
        log.warning(
            "manifest of %s: expected the effective date %s, found %s in %d rows",
            day,
            day,
            ascii(others[0][:40]),
            len(others),
        )
