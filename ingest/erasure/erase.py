"""Erase a user from archive, landing and quarantine of a data folder: record, then act.

Each step can be repeated. The record of the beginning has the hashed keys of all rows, so that
an erasure that was killed goes on without the user's GUID, which is kept nowhere.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.erasure.find import Owned, find_owned
from ingest.erasure.outcome import Outcome
from ingest.erasure.request import choose_client, find_rows_of, record_begun, record_ended
from ingest.erasure.rewrite import Rewrite
from ingest.errors import UnknownNameError
from ingest.landing.check_file import Verifier
from ingest.landing.decide import Rules
from ingest.landing.erased.keys import KEY_BYTES, ErasedKeys, make_keys, read_keys
from ingest.landing.erased.screen import Screen, find_erased
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import SILENT, Run, alone, land_all
from ingest.status.runs import Progress, new_run_id
from ingest.store.index.catch_up import open_state
from ingest.store.lock import run_lock

COMMAND: Final = "erase"


def preview(user: str, *, data: Path, client: str | None, mask_key: str | None) -> Outcome:
    """Count what an erasure would remove from the landing, and change nothing.

    Raises:
        LockError: another command holds the data folder.
        UnknownNameError: no client has such a user, or several have.
    """
    with run_lock(data, run_id=new_run_id()), open_state(data / "ledger") as state:
        known = read_keys(data, state, mask_key=mask_key)
        keys = known or ErasedKeys(secrets.token_bytes(KEY_BYTES))
        chosen = choose_client(user, data=data, state=state, client=client, keys=keys)
        owned = find_rows_of(user, data=data, client=chosen, keys=keys)
    return Outcome.of(chosen, owned, is_dry_run=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Erases users from archive, landing and quarantine of one data folder.

    An erasure stays open until `end` is called: warehouse, releases and mirrors still have the
    rows.
    """

    data: Path
    keyring: Keyring
    rules: Rules
    progress: Progress = SILENT

    def erase(self, user: str, *, client: str | None, requested_by: str) -> Outcome:
        """Erase a user and all that the user owns.

        Raises:
            LockError, KeyringError: as with a run.
            UnknownNameError: no client has such a user, or several have; then nothing has changed.
        """
        with alone(self.data, rules=self.rules, command=COMMAND) as this:
            this.ledger.flush()
            state = this.ledger.state
            keys = make_keys(self.data, state, mask_key=self.rules.mask_key)
            chosen = choose_client(user, data=self.data, state=state, client=client, keys=keys)
            owned = find_rows_of(user, data=self.data, client=chosen, keys=keys)
            record_begun(
                this.ledger, client=chosen, requested_by=requested_by, keys=keys, owned=owned
            )
            return self._rewrite(this, owned, keys, client=chosen)

    def resume(self) -> Outcome:
        """Go on with all erasures that have not ended.

        Raises:
            LockError, KeyringError: as with a run.
            UnknownNameError: all have ended.
        """
        with alone(self.data, rules=self.rules, command=COMMAND) as this:
            clients = sorted({each.client_guid for each in this.ledger.state.meta.erasures})
            keys = read_keys(self.data, this.ledger.state, mask_key=self.rules.mask_key)
            if keys is None or not clients:
                raise UnknownNameError(
                    "--resume: expected an erasure that has not ended, found none; all are done"
                )
            outcome = Outcome(client_guid=", ".join(clients))
            for client in clients:
                owned = find_owned(self.data, client=client, keys=keys)
                outcome.add(self._rewrite(this, owned, keys, client=client))
            return outcome

    def _rewrite(self, this: Run, owned: Owned, keys: ErasedKeys, *, client: str) -> Outcome:
        """Rewrite everything that has erased rows of a client."""
        rewrite = Rewrite(
            data=self.data, this=this, verifier=self._verifier(this, keys), progress=self.progress
        )
        with self.keyring.unlocking():
            rewrite.landed(owned.files)
            this.ledger.flush()
            rewrite.kept(client)
        outcome = Outcome.of(client, owned)
        done = rewrite.done
        outcome.copies, outcome.stuck, outcome.unread = done.copies, done.stuck, done.unread
        land_all(
            this, data=self.data, keyring=self.keyring, rules=self.rules, progress=self.progress
        )
        return outcome

    def _verifier(self, this: Run, keys: ErasedKeys) -> Verifier:
        rules = self.rules
        return Verifier(
            scratch=this.scratch,
            keyring=self.keyring,
            converters=this.converters,
            max_plain_bytes=rules.max_plain_bytes,
            memory_bytes=rules.memory_bytes,
            screen=Screen(
                find=find_erased(keys),
                keyring=self.keyring,
                scratch=this.scratch,
                max_plain_bytes=rules.max_plain_bytes,
            ),
        )


def end(*, data: Path, rules: Rules) -> None:
    """Record that the erasures have ended: nothing of the erased rows is left anywhere."""
    with alone(data, rules=rules, command=COMMAND) as this:
        record_ended(this.ledger)
