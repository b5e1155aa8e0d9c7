"""Take rows out of archive and landing that are older than they may be kept."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ingest.erasure.age import Aged, find_aged, find_all
from ingest.erasure.outcome import Outcome
from ingest.erasure.rewrite import Rewrite
from ingest.errors import SettingsError
from ingest.landing.check_file import Verifier
from ingest.landing.decide import Rules
from ingest.landing.erased.screen import Find, Screen
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import SILENT, Run, alone, land_all
from ingest.status.runs import Progress, new_run_id
from ingest.store.durable import scratch_folder
from ingest.store.facts import What
from ingest.store.index.catch_up import open_state
from ingest.store.index.totals import known_clients
from ingest.store.lock import run_lock

COMMAND: Final = "retain"
LEAST_DAYS: Final = 30
"""MX may send a day again for a week, and files may be late."""
_AGE: Final = re.compile(r"(?P<count>[1-9][0-9]{0,4})(?P<unit>[dmy])")


def first_kept_day(older_than: str, *, today: date) -> date:
    """Give the day before which rows are too old.

    Args:
        older_than: a number of days, months or years: 90d, 18m, 3y.

    Raises:
        SettingsError: it is malformed, or so short that files may still be on their way.
    """
    match = _AGE.fullmatch(older_than)
    if match is None:
        raise SettingsError(
            f"--older-than: expected a number of days, months or years, like 90d, 18m or 3y, "
            f"found {older_than!a:.40}"
        )
    count = int(match["count"])
    day = (
        today - timedelta(days=count)
        if match["unit"] == "d"
        else _months_before(today, count * (12 if match["unit"] == "y" else 1))
    )
    if day > today - timedelta(days=LEAST_DAYS):
        raise SettingsError(f"--older-than: expected {LEAST_DAYS}d or more, found {older_than}")
    return day


def _months_before(day: date, months: int) -> date:
    """Give the same day of an earlier month, or the last one of that month."""
    year, month = divmod(max(day.year * 12 + day.month - 1 - months, 12), 12)
    _, last = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Takes old rows out of one data folder."""

    data: Path
    before: date
    keyring: Keyring
    rules: Rules
    progress: Progress = SILENT

    def apply(self, *, requested_by: str) -> Outcome:
        """Rewrite old files without the rows that no later day needs.

        Raises:
            LockError, KeyringError: as with a run.
        """
        with alone(self.data, rules=self.rules, command=COMMAND) as this:
            self._land(this)  # what a killed command rewrote, so that landing and archive agree
            this.ledger.flush()
            outcome = Outcome(client_guid="all clients")
            for client in sorted(known_clients(this.ledger.state)):
                outcome.add(self._rewrite(this, client))
            self._land(this)
            this.ledger.append(
                What.ERASURE,
                None,
                erasure=this.ledger.run_id,
                state="retained",
                requested_by=requested_by,
                older_than=self.before.isoformat(),
                rows_erased=outcome.rows,
                files_erased=outcome.files,
            )
        return outcome

    def _rewrite(self, this: Run, client: str) -> Outcome:
        aged = find_aged(
            self.data,
            client=client,
            before=self.before,
            memory_bytes=self.rules.memory_bytes,
            scratch=this.scratch,
        )
        landed, kept = (self._rewriter(this, find) for find in (aged.find, find_all))
        with self.keyring.unlocking():
            landed.landed(aged.paths)
            this.ledger.flush()
            kept.kept(client, before=self.before)
        outcome = _outcome(client, aged)
        outcome.copies = kept.done.copies
        outcome.stuck = landed.done.stuck
        outcome.unread |= kept.done.unread
        return outcome

    def _rewriter(self, this: Run, find: Find) -> Rewrite:
        rules, limit = self.rules, self.rules.max_plain_bytes
        screen = Screen(
            find=find, keyring=self.keyring, scratch=this.scratch, max_plain_bytes=limit
        )
        verifier = Verifier(
            scratch=this.scratch,
            keyring=self.keyring,
            converters=this.converters,
            max_plain_bytes=limit,
            memory_bytes=rules.memory_bytes,
            screen=screen,
        )
        return Rewrite(data=self.data, this=this, verifier=verifier, progress=self.progress)

    def _land(self, this: Run) -> None:
        land_all(
            this, data=self.data, keyring=self.keyring, rules=self.rules, progress=self.progress
        )


def preview(data: Path, *, before: date, memory_bytes: int) -> Outcome:
    """Count what a retention would take out of the landing, and change nothing.

    Raises:
        LockError: another command holds the data folder.
    """
    outcome = Outcome(client_guid="all clients", is_dry_run=True)
    with (
        run_lock(data, run_id=new_run_id()),
        scratch_folder(data) as scratch,
        open_state(data / "ledger") as state,
    ):
        for client in sorted(known_clients(state)):
            aged = find_aged(
                data, client=client, before=before, memory_bytes=memory_bytes, scratch=scratch
            )
            outcome.add(_outcome(client, aged))
    return outcome


def _outcome(client: str, aged: Aged) -> Outcome:
    unread = {f"{client}/{resource}": "its keys are no texts" for resource in aged.left_out}
    return Outcome(client_guid=client, resources=aged.resources, unread=unread)
