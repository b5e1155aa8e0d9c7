"""From the archive to the landing: every file that is due gets an outcome, or waits on."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from ingest.concurrency import map_ahead
from ingest.delivery.names import DailyFile
from ingest.errors import Reason, RejectedError
from ingest.landing.check_file import Candidate, Verified, Verifier
from ingest.landing.commit import Commit, Outcome, Rejected, Waiting
from ingest.landing.converters import Converters
from ingest.landing.decide import Rules, Step, expected_listing, next_file_step
from ingest.landing.erased.screen import open_screen
from ingest.landing.manifests import open_manifests
from ingest.openpgp.keyring import Keyring
from ingest.status.runs import Progress, Summary
from ingest.store.index.known import FileState
from ingest.store.index.lists import due_files
from ingest.store.keys_and_paths import archive_path, key_of
from ingest.store.ledger import Ledger

FILES_AT_ONCE = 4
"""More than there may be cores, as some wait for gpg-agent or the disk."""
FILES_AHEAD = 16
"""How many may have an outcome while one that is older and larger is still being read."""

log = logging.getLogger(__name__)

Task = tuple[Candidate, Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Lands all that the ledger knows and this run has to check."""

    data: Path
    ledger: Ledger
    keyring: Keyring
    scratch: Path
    converters: Converters
    rules: Rules
    now: datetime
    summary: Summary
    progress: Progress

    def land_all(self) -> None:
        """Open manifests, then check the files they list, the oldest day first."""
        with self.keyring.unlocking():
            with self._commit() as commit:
                open_manifests(
                    data=self.data,
                    ledger=self.ledger,
                    keyring=self.keyring,
                    rules=self.rules,
                    now=self.now,
                    commit=commit,
                )
            self._land_files()

    def _land_files(self) -> None:
        tasks = self._tasks()
        total = sum(candidate.archived.encrypted_bytes for candidate, _ in tasks)
        self.progress.begin("verify and land", total=total)
        known = self.ledger.state.erased_keys()
        for _, outcomes in groupby(self._check_ahead(tasks), key=_day_of):
            self._commit_day(outcomes)
        while (erased := self.ledger.state.erased_keys()) - known:
            known = erased
            self._look_again([candidate.file for candidate, _ in tasks])

    def _look_again(self, files: list[DailyFile]) -> None:
        """Take rows out of files that landed before the key of an owner was known to be erased."""
        state, tasks = self.ledger.state, []
        for file in (state.file(key_of(file)) for file in files):
            sha256 = state.day(file.key.delivery).sha256_for(file.key)
            candidate = self._candidate(file, manifest_sha256=sha256) if file.is_landed else None
            tasks += [(candidate, Step.VERIFY)] if candidate else []
        with self._commit() as commit:
            for outcome in self._check_ahead(tasks):
                if isinstance(outcome, Verified) and outcome.taken_out:
                    commit.add(outcome)

    def _tasks(self) -> list[Task]:
        """Give what is to be done with which file: oldest day first, its largest file first."""
        self.ledger.flush()
        state, rules, tasks = self.ledger.state, self.rules, []
        for file in due_files(state, all_open=rules.reopen_quarantine):
            if file.archived is None:
                continue
            sha256 = state.day(file.key.delivery).sha256_for(file.key)
            step = next_file_step(file, manifest_sha256=sha256, now=self.now, rules=rules)
            candidate = self._candidate(file, manifest_sha256=sha256)
            if candidate and step != Step.NOTHING:
                tasks.append((candidate, step))
        return sorted(tasks, key=_order)

    def _candidate(self, file: FileState, *, manifest_sha256: str | None) -> Candidate | None:
        """Describe a file; None for one that an older version archived under a strange name."""
        delivered = file.delivered
        if delivered is None:
            return None
        aside = [] if file.key in self.rules.released else file.set_aside
        return Candidate(
            file=delivered,
            path=archive_path(self.data, delivered, name=file.newest.name),
            archived=file.newest,
            listing=expected_listing(file),
            manifest_sha256=manifest_sha256,
            unwanted=frozenset(
                version.plain_sha256 for each in aside for version in (each, each.as_delivered)
            ),
        )

    def _check_ahead(self, tasks: list[Task]) -> Iterator[Outcome]:
        """Check files in their order, some of them at once."""
        verifier = Verifier(
            scratch=self.scratch,
            keyring=self.keyring,
            converters=self.converters,
            max_plain_bytes=self.rules.max_plain_bytes,
            memory_bytes=self.rules.memory_bytes,
            screen=open_screen(
                self.data,
                self.ledger.state,
                keyring=self.keyring,
                scratch=self.scratch,
                rules=self.rules,
            ),
        )
        with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="land") as threads:
            check = partial(_check, verifier=verifier)
            yield from map_ahead(check, tasks, executor=threads, ahead=FILES_AHEAD)

    def _commit_day(self, outcomes: Iterable[Outcome]) -> None:
        files, rows, count = self.summary.files_landed, self.summary.rows_landed, 0
        with self._commit() as commit:
            for outcome in outcomes:
                commit.add(outcome)
                self.progress.advance(outcome.candidate.archived.encrypted_bytes)
                count += 1
        client_guid, day = outcome.candidate.file.delivery
        facts = {
            "event": "delivery",
            "client_guid": client_guid,
            "snapshot_date": day,
            "files_landed": self.summary.files_landed - files,
            "rows_landed": self.summary.rows_landed - rows,
            "files_judged": count,
        }
        log.info(
            "%s of %s: landed %d of %d files, %d rows",
            day,
            client_guid,
            facts["files_landed"],
            count,
            facts["rows_landed"],
            extra={"facts": facts},
        )

    def _commit(self) -> Commit:
        return Commit(
            data=self.data, ledger=self.ledger, scratch=self.scratch, summary=self.summary
        )


def _order(task: Task) -> tuple[object, ...]:
    candidate, _ = task
    file = candidate.file
    return (file.delivery.age, -candidate.archived.encrypted_bytes, file)


def _day_of(outcome: Outcome) -> object:
    return outcome.candidate.file.delivery


def _check(task: Task, *, verifier: Verifier) -> Outcome:
    candidate, step = task
    listing, found = candidate.listing, f"{candidate.archived.encrypted_bytes} bytes"
    if step == Step.REJECT_TRUNCATED and listing:
        expected = f"{listing.encrypted_bytes} bytes"
        error = RejectedError(Reason.TRUNCATED, expected=expected, found=found)
    elif step == Step.REJECT_UNLISTED:
        expected = "a row in its manifest"
        error = RejectedError(Reason.UNLISTED, expected=expected, found="none")
    elif step == Step.WAIT:
        return Waiting(candidate=candidate)
    else:
        try:
            return verifier.verify(candidate)
        except RejectedError as rejection:
            error = rejection
    return Rejected(candidate=candidate, error=error)
