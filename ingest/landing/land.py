"""Archive to landing: every file that waits for a judgement gets one, or goes on waiting."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from ingest.concurrency import map_ahead
from ingest.delivery.names import DailyFile, Delivery, parse_kept_name
from ingest.errors import Reason, RejectedError
from ingest.landing.commit import Concluding, Judged
from ingest.landing.convert.pool import Converters
from ingest.landing.decide import Rules, Step, next_file_step
from ingest.landing.manifests import ManifestJudging
from ingest.landing.verify import Ciphertext, Lander, Verified
from ingest.openpgp.keyring import Keyring
from ingest.receive.archive import archive_path
from ingest.status.progress import Progress
from ingest.status.summary import Summary
from ingest.store.ledger.ledger import Ledger
from ingest.store.ledger.state import Place

log = logging.getLogger(__name__)

FILES_AT_ONCE = 4
"""More than there may be cores, as some wait for gpg-agent or the disk."""
FILES_AHEAD = 16
"""How many may have been judged while one that is older and larger is still being read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A file and what is to be done with it."""

    ciphertext: Ciphertext
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Archive to landing, for all that the ledger knows and this run has to judge."""

    data: Path
    ledger: Ledger
    keyring: Keyring
    scratch: Path
    converters: Converters
    rules: Rules
    now: datetime
    summary: Summary
    progress: Progress

    def judge_all(self) -> None:
        """Judge manifests, then the files by them, the oldest day first and its largest file."""
        with self.keyring.unlocking():
            self._judge_manifests()
            self._judge_files()

    def _judge_manifests(self) -> None:
        with self._concluding() as concluding:
            ManifestJudging(
                data=self.data,
                ledger=self.ledger,
                keyring=self.keyring,
                rules=self.rules,
                now=self.now,
                concluding=concluding,
            ).judge_all()

    def _judge_files(self) -> None:
        state = self.ledger.state
        due = sorted(
            (place for place in state.archived if self._step(place) != Step.NOTHING),
            key=lambda place: (place[0].age, -state.archived[place].encrypted_bytes, place),
        )
        self.progress.begin(
            "verify and land", total=sum(state.archived[place].encrypted_bytes for place in due)
        )
        judged = self._judge_ahead(due)
        for delivery, files in groupby(judged, key=lambda each: each.ciphertext.file.delivery):
            self._conclude_all(delivery, files)

    def _judge_ahead(self, due: list[Place]) -> Iterator[Judged]:
        """Judge files in their order, some of them at once."""
        with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="land") as threads:
            lander = Lander(
                scratch=self.scratch,
                keyring=self.keyring,
                converters=self.converters,
                max_plain_bytes=self.rules.max_plain_bytes,
                memory_bytes=self.rules.memory_bytes,
            )
            yield from map_ahead(
                partial(_judge, lander=lander),
                (case for place in due if (case := self._case(place))),
                executor=threads,
                ahead=FILES_AHEAD,
            )

    def _conclude_all(self, delivery: Delivery, judged: Iterable[Judged]) -> None:
        files, rows, count = self.summary.files_landed, self.summary.rows_landed, 0
        with self._concluding() as concluding:
            for each in judged:
                concluding.add(each)
                self.progress.advance(each.ciphertext.archived.encrypted_bytes)
                count += 1
        facts = {
            "event": "delivery",
            "snapshot_date": delivery.snapshot_date,
            "files_landed": self.summary.files_landed - files,
            "rows_landed": self.summary.rows_landed - rows,
            "files_judged": count,
        }
        log.info(
            "%s: landed %d of %d files, %d rows",
            delivery.snapshot_date,
            facts["files_landed"],
            count,
            facts["rows_landed"],
            extra={"facts": facts},
        )

    def _concluding(self) -> Concluding:
        return Concluding(
            data=self.data, ledger=self.ledger, scratch=self.scratch, summary=self.summary
        )

    def _step(self, place: Place) -> Step:
        return next_file_step(self.ledger.state, place, now=self.now, rules=self.rules)

    def _case(self, place: Place) -> _Case | None:
        state = self.ledger.state
        archived = state.archived[place]
        file = parse_kept_name(archived.name)
        if not isinstance(file, DailyFile):
            return None
        file = replace(file, delivery=place.delivery)  # in the case that the archive has
        ciphertext = Ciphertext(
            file=file,
            path=archive_path(self.data / "archive", file, name=archived.name),
            archived=archived,
            listing=state.listing_of(place),
            manifest_sha256=state.arbiter_of(place),
            set_aside=self._unwanted(place),
        )
        return _Case(ciphertext=ciphertext, step=self._step(place))

    def _unwanted(self, place: Place) -> frozenset[str]:
        """Say which contents of a file were set aside, unless it is released just now."""
        known = [] if place in self.rules.released else self.ledger.state.set_aside.get(place, [])
        return frozenset(each.plain_sha256 for each in known)


def _judge(case: _Case, *, lander: Lander) -> Judged:
    ciphertext = case.ciphertext
    outcome: Verified | RejectedError | None = None
    match case.step:
        case Step.VERIFY:
            try:
                outcome = lander.prepare(ciphertext)
            except RejectedError as error:
                outcome = error
        case Step.CALL_TRUNCATED | Step.CALL_UNLISTED:
            outcome = _called(case.step, ciphertext)
    return Judged(ciphertext=ciphertext, outcome=outcome)


def _called(step: Step, ciphertext: Ciphertext) -> RejectedError:
    found = f"{ciphertext.archived.encrypted_bytes} bytes"
    if step == Step.CALL_TRUNCATED and ciphertext.listing:
        expected = f"{ciphertext.listing.encrypted_bytes} bytes"
        return RejectedError(Reason.TRUNCATED, expected=expected, found=found)
    return RejectedError(Reason.UNLISTED, expected="a row in its manifest", found="none")
