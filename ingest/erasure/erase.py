"""Erase a user from archive, landing and quarantine of a data folder: record, then act.

Each step can be repeated. The record of the beginning has the hashed keys of all rows, so that
an erasure that was killed goes on without the user's GUID, which is kept nowhere.
"""

import secrets
from pathlib import Path

from ingest.erasure.find import Owned, find_owned
from ingest.erasure.outcome import Outcome
from ingest.erasure.request import (
    choose_client,
    find_rows_of,
    record_begun,
    record_ended,
)
from ingest.erasure.rewrite import Rewrite
from ingest.errors import UnknownNameError
from ingest.landing.check_file import Verifier
from ingest.landing.decide import Rules
from ingest.landing.erased.keys import KEY_BYTES, ErasedKeys, make_keys, read_keys
from ingest.landing.erased.screen import Screen
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import SILENT, Run, alone, land_all
from ingest.status.runs import Progress, new_run_id
from ingest.store.index.catch_up import open_state
from ingest.store.lock import run_lock

COMMAND = "erase"


def preview(user: str, *, data: Path, client: str | None, mask_key: str | None) -> Outcome:
    """Count what an erasure would remove from the landing, and change nothing.

    Raises:
        LockError: another command holds the data folder.
        UnknownNameError: no client has such a user, or several have.
    """
    with run_lock(data, run_id=new_run_id()), open_state(data / "ledger") as state:
        secret = secrets.token_bytes(KEY_BYTES)
        chosen = choose_client(user, data=data, state=state, client=client, secret=secret)
        keys = read_keys(data, state, mask_key=mask_key) or ErasedKeys(secret)
        owned = find_rows_of(user, data=data, client=chosen, keys=keys)
    return Outcome.of(chosen, owned, is_dry_run=True)


def erase(
    user: str,
    *,
    data: Path,
    client: str | None,
    requested_by: str,
    keyring: Keyring,
    rules: Rules,
    progress: Progress = SILENT,
) -> Outcome:
    """Erase a user and all that the user owns from archive, landing and quarantine.

    The erasure stays open until `end` is called: warehouse, releases and mirrors still have rows.

    Raises:
        LockError, KeyringError: as with a run.
        UnknownNameError: no client has such a user, or several have; then nothing has changed.
    """
    with alone(data, rules=rules, command=COMMAND) as this:
        this.ledger.flush()
        state, secret = this.ledger.state, secrets.token_bytes(KEY_BYTES)
        chosen = choose_client(user, data=data, state=state, client=client, secret=secret)
        keys = make_keys(data, state, mask_key=rules.mask_key)
        owned = find_rows_of(user, data=data, client=chosen, keys=keys)
        record_begun(this.ledger, client=chosen, requested_by=requested_by, keys=keys, owned=owned)
        return _rewrite(
            this, owned, keys, chosen, data=data, keyring=keyring, rules=rules, progress=progress
        )


def resume(
    *, data: Path, keyring: Keyring, rules: Rules, progress: Progress = SILENT
) -> list[Outcome]:
    """Go on with the erasures that have not ended.

    Raises:
        LockError, KeyringError: as with a run.
        UnknownNameError: all have ended.
    """
    with alone(data, rules=rules, command=COMMAND) as this:
        clients = sorted({each.client_guid for each in this.ledger.state.erasures})
        keys = read_keys(data, this.ledger.state, mask_key=rules.mask_key)
        if keys is None or not clients:
            raise UnknownNameError(
                "--resume: expected an erasure that has not ended, found none; nothing is to do"
            )
        return [
            _rewrite(
                this,
                find_owned(data, client=client, keys=keys),
                keys,
                client,
                data=data,
                keyring=keyring,
                rules=rules,
                progress=progress,
            )
            for client in clients
        ]


def end(*, data: Path, rules: Rules) -> None:
    """Record that the erasures have ended: nothing of the erased rows is left anywhere."""
    with alone(data, rules=rules, command=COMMAND) as this:
        record_ended(this.ledger)


def _rewrite(
    this: Run,
    owned: Owned,
    keys: ErasedKeys,
    client: str,
    *,
    data: Path,
    keyring: Keyring,
    rules: Rules,
    progress: Progress,
) -> Outcome:
    verifier = Verifier(
        scratch=this.scratch,
        keyring=keyring,
        converters=this.converters,
        max_plain_bytes=rules.max_plain_bytes,
        memory_bytes=rules.memory_bytes,
        screen=Screen(
            keys=keys,
            keyring=keyring,
            scratch=this.scratch,
            max_plain_bytes=rules.max_plain_bytes,
        ),
    )
    rewrite = Rewrite(data=data, this=this, verifier=verifier, progress=progress)
    with keyring.unlocking():
        rewrite.landed(owned.files)
        this.ledger.flush()
        rewrite.kept(client)
    land_all(this, data=data, keyring=keyring, rules=rules, progress=progress)
    outcome = Outcome.of(client, owned)
    outcome.copies, outcome.unread = rewrite.done.copies, rewrite.done.unread
    return outcome
