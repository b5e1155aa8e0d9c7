"""The request to erase a user: whose rows go, and the records of its beginning and its end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ingest.erasure.find import Owned, find_owned, landed_files
from ingest.errors import UnknownNameError
from ingest.landing.erased.keys import ErasedKeys
from ingest.landing.erased.rows import find_rows
from ingest.status.lookup import find_client
from ingest.store.erased import Erasure
from ingest.store.facts import What
from ingest.store.index.state import LedgerState
from ingest.store.index.totals import known_clients
from ingest.store.ledger import Ledger, Record

USERS: Final = "users"
KEYS_AT_ONCE: Final = 10_000
"""How many hashes a record has: readers of the ledger limit the length of a line."""


def choose_client(
    user: str, *, data: Path, state: LedgerState, client: str | None, keys: ErasedKeys
) -> str:
    """Find the client of a user: the named one, the only one, or the only one that has the user.

    Raises:
        UnknownNameError: several clients have a user of that GUID, or none has.
    """
    if client:
        return find_client(client, state=state)
    known = sorted(known_clients(state))
    if len(known) == 1:
        return known[0]
    having = [each for each in known if _has_rows(each, user, data=data, keys=keys)]
    if len(having) == 1:
        return having[0]
    found = f"{len(having)} clients that have it: say which with --client" if having else "none"
    raise UnknownNameError(f"{user}: expected rows of this user at one client, found {found}")


def _has_rows(client: str, user: str, *, data: Path, keys: ErasedKeys) -> bool:
    alone, files = keys.only(keys.hash(client, USERS, user)), landed_files(data, client=client)
    return any(
        find_rows(paths, client=client, resource=resource, keys=alone)
        for resource, paths in files.items()
    )


def find_rows_of(user: str, *, data: Path, client: str, keys: ErasedKeys) -> Owned:
    """Find all rows of a user, and of those whose erasure has not ended.

    Raises:
        UnknownNameError: there is none, and the user was not erased before.
    """
    hashed = keys.hash(client, USERS, user)
    was_erased = hashed in keys.hashes
    keys.hashes.add(hashed)
    owned = find_owned(data, client=client, keys=keys)
    if not owned.files and not was_erased:
        raise UnknownNameError(
            f"{user}: expected rows of this user of {client}, found none; check the GUID, which is "
            "users.guid, in any case as MX writes it"
        )
    owned.hashes.add(hashed)
    return owned


def record_begun(
    ledger: Ledger, *, client: str, requested_by: str, keys: ErasedKeys, owned: Owned
) -> Erasure:
    """Record that an erasure begins, and the hashed keys of all that goes, before anything goes."""
    records: list[Record] = [
        (
            What.ERASURE,
            None,
            {
                "erasure": ledger.run_id,
                "state": "begun",
                "client_guid": client,
                "requested_by": requested_by,
                "key_check": keys.check,
                "rows_erased": owned.row_count,
                "files_erased": len(owned.files),
            },
        )
    ]
    for some in _in_parts(sorted(owned.hashes)):
        facts = {"erasure": ledger.run_id, "state": "keys", "keys": some}
        records.append((What.ERASURE, None, facts))
    ledger.append_all(records, at=ledger.state.last_at)
    return ledger.state.meta.erasures[-1]


def record_ended(ledger: Ledger) -> list[Erasure]:
    """Record that all erasures have ended that were open, and return them."""
    ended = [*ledger.state.meta.erasures]
    for each in ended:
        ledger.append(What.ERASURE, None, erasure=each.erasure, state="ended")
    return ended


def _in_parts(hashes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(hashes), KEYS_AT_ONCE):
        yield hashes[start : start + KEYS_AT_ONCE]
