"""One run: what a source has goes to the archive, what its manifest vouches for is landed."""

import logging
import os
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ingest.archive import archive_path
from ingest.delivery import DailyFile, Delivery, ManifestFile, parse_name
from ingest.durable import scratch_folder
from ingest.errors import Reason, RejectedError, SourceError
from ingest.fetch import fetch_all
from ingest.judge import Rules, Step, next_file_step, next_manifest_step
from ingest.land import Ciphertext, land_file
from ingest.ledger import Ledger
from ingest.ledger_state import Archived, Place, What
from ingest.lock import run_lock
from ingest.manifest import MAX_MANIFEST_BYTES, parse_manifest
from ingest.openpgp import Keyring
from ingest.quarantine import leave_quarantine, put_in_quarantine, quarantine_path
from ingest.sources import Source
from ingest.standing import Standing, count_alarms, file_standings

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Summary:
    """What a run did, and how the data folder stands after it."""

    run_id: str
    data: Path
    files_landed: int = 0
    rows_landed: int = 0
    plain_bytes: int = 0
    seconds: float = 0.0
    failures: list[SourceError] = field(default_factory=list)
    standings: Counter[Standing] = field(default_factory=Counter)
    """Of every daily file that was ever listed or delivered."""
    alarms: int = 0
    """Files and manifests that someone should look at."""

    def text(self) -> str:
        """Give the summary for a person; the last line says what is not whole."""
        stood = ", ".join(
            f"{self.standings[standing]:,} {standing}"
            for standing in Standing
            if self.standings[standing]
        )
        return "\n".join(
            (
                f"landed {self.files_landed:,} files, {self.rows_landed:,} rows, "
                f"{self.plain_bytes / 1e6:,.1f} MB in {self.seconds:.1f} s",
                f"now: {stood or 'no files'}",
                f"not whole: {self.alarms:,} files or manifests; see {self.data}/quarantine"
                if self.alarms
                else "all that was listed is whole",
            )
        )

    def facts(self) -> dict[str, Any]:
        """Give the summary as a record for a program."""
        return {
            "run_id": self.run_id,
            "files_landed": self.files_landed,
            "rows_landed": self.rows_landed,
            "plain_bytes": self.plain_bytes,
            "seconds": round(self.seconds, 3),
            "failures": [str(failure) for failure in self.failures],
            "standings": {str(name): count for name, count in self.standings.items()},
            "alarms": self.alarms,
        }


def run(source: Source, *, data: Path, keyring: Keyring, rules: Rules) -> Summary:
    """Fetch, archive, verify and land all that is new.

    Raises:
        LockError: another run holds the data folder.
        SourceError: the source cannot be listed; what was archived before has been landed.
        KeyringError: gpg or the receiver's key is out of order; no file was judged by that.
    """
    began = time.monotonic()
    run_id = f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
    summary = Summary(run_id=run_id, data=data)
    with run_lock(data, run_id=summary.run_id), scratch_folder(data) as scratch:
        ledger = Ledger(data / "ledger", run_id=summary.run_id)
        try:
            summary.failures = fetch_all(source, data=data, ledger=ledger, scratch=scratch)
        finally:
            now = datetime.now(tz=UTC)
            _Judging(data, ledger, keyring, scratch, rules, now, summary).judge_all()
        standings = list(file_standings(ledger.state, now=now, settle=rules.settle))
        summary.standings = Counter(each.standing for each in standings)
        summary.alarms = count_alarms(ledger.state, standings)
        summary.seconds = time.monotonic() - began
        ledger.append(What.RUN, None, **summary.facts())
    return summary


@dataclass(frozen=True, slots=True)
class _Judging:
    """Archive to landing, for all that the ledger knows and this run has to judge."""

    data: Path
    ledger: Ledger
    keyring: Keyring
    scratch: Path
    rules: Rules
    now: datetime
    summary: Summary

    def judge_all(self) -> None:
        """Judge manifests, then the files by them, the oldest day first."""
        state = self.ledger.state
        for delivery in sorted(state.manifests, key=_day):
            self._judge_manifest(delivery, state.manifests[delivery])
        for place in sorted(state.archived, key=lambda place: (_day(place[0]), place)):
            self._judge_file(place, state.archived[place])

    def _judge_manifest(self, delivery: Delivery, archived: Archived) -> None:
        file = ManifestFile(delivery=delivery)
        path = archive_path(self.data / "archive", file, name=archived.name)
        step = next_manifest_step(self.ledger.state, delivery, now=self.now, rules=self.rules)
        if step == Step.NOTHING:
            return
        try:
            with self.keyring.decrypt(path, max_bytes=MAX_MANIFEST_BYTES) as plain:
                text = plain.read(MAX_MANIFEST_BYTES)
            listings = parse_manifest(text, delivery=delivery)
        except RejectedError as error:
            may_still_come = error.reason == Reason.DAMAGED and step != Step.CALL_TRUNCATED
            if may_still_come and self.now - archived.at < self.rules.settle:
                self.ledger.append(What.WAITING, file, **_bytes_of(archived), reason="unreadable")
                return
            if error.reason == Reason.DAMAGED:
                error = RejectedError(Reason.TRUNCATED, expected=error.expected, found=error.found)
            self._reject(file, archived, error)
            return
        leave_quarantine(self._quarantine_path(file, archived))
        self.ledger.append(
            What.LISTED,
            file,
            **_bytes_of(archived),
            key_id=plain.key_id,
            listed=[asdict(listing) for listing in listings],
        )

    def _judge_file(self, place: Place, archived: Archived) -> None:
        file = parse_name(archived.name)
        step = next_file_step(self.ledger.state, place, now=self.now, rules=self.rules)
        if step == Step.NOTHING or not isinstance(file, DailyFile):
            return
        state = self.ledger.state
        ciphertext = Ciphertext(
            file=file,
            path=archive_path(self.data / "archive", file, name=archived.name),
            archived=archived,
            listing=state.listings.get(place[0], {}).get(place),
            manifest_sha256=state.arbiters.get(place[0]),
        )
        match step:
            case Step.VERIFY:
                self._land(ciphertext)
            case Step.CALL_TRUNCATED:
                expected = ciphertext.listing.encrypted_bytes if ciphertext.listing else "more"
                error = RejectedError(
                    Reason.TRUNCATED,
                    expected=f"{expected} bytes",
                    found=f"{archived.encrypted_bytes}",
                )
                self._reject(file, archived, error)
            case Step.WAIT | Step.LEAVE_OUT:
                self.ledger.append(
                    What.WAITING if step == Step.WAIT else What.UNLISTED,
                    file,
                    **_bytes_of(archived),
                    manifest_sha256=ciphertext.manifest_sha256,
                    reason="smaller than listed" if ciphertext.listing else "not listed",
                )

    def _land(self, ciphertext: Ciphertext) -> None:
        try:
            verified = land_file(
                ciphertext,
                data=self.data,
                ledger=self.ledger,
                keyring=self.keyring,
                scratch=self.scratch,
                max_plain_bytes=self.rules.max_plain_bytes,
            )
        except RejectedError as error:
            self._reject(ciphertext.file, ciphertext.archived, error)
            return
        leave_quarantine(self._quarantine_path(ciphertext.file, ciphertext.archived))
        self.summary.files_landed += 1
        self.summary.rows_landed += verified.row_count
        self.summary.plain_bytes += verified.plain.size_bytes
        log.debug("landed %s, %d rows", ciphertext.file.stem, verified.row_count)

    def _reject(
        self, file: DailyFile | ManifestFile, archived: Archived, error: RejectedError
    ) -> None:
        log.warning("quarantined %s: %s", archived.name, error)
        facts = _bytes_of(archived) | {
            "manifest_sha256": self.ledger.state.arbiters.get(file.delivery)
        }
        put_in_quarantine(
            self._quarantine_path(file, archived),
            ciphertext=archive_path(self.data / "archive", file, name=archived.name),
            error=error,
            scratch=self.scratch,
            **facts,
        )
        self.ledger.append(
            What.QUARANTINED,
            file,
            **facts,
            reason=error.reason,
            expected=error.expected,
            found=error.found,
        )

    def _quarantine_path(self, file: DailyFile | ManifestFile, archived: Archived) -> Path:
        return quarantine_path(self.data / "quarantine", file, name=archived.name)


def _bytes_of(archived: Archived) -> dict[str, Any]:
    return {
        "name": archived.name,
        "encrypted_bytes": archived.encrypted_bytes,
        "encrypted_sha256": archived.encrypted_sha256,
    }


def _day(delivery: Delivery) -> tuple[date, str]:
    return (delivery.snapshot_date, delivery.client_guid)
