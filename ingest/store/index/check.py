"""Compare an index with all that the record says."""

import sqlite3
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.store.index.catch_up import open_state, open_state_at
from ingest.store.index.lists.days import all_manifests, day_rows
from ingest.store.index.lists.files import all_files
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.database import NAME


def check_index(folder: Path) -> str | None:
    """Read every record again; remove an index that says anything else.

    Returns:
        A fault of the index in a few words; None if it has none, or there is no index.

    Raises:
        LedgerError: a file cannot be read, or a line is no record.
    """
    if not (folder / NAME).exists():
        return None
    with (
        TemporaryDirectory(prefix="mx-index-") as scratch,
        open_state_at(Path(scratch) / NAME, folder) as made_anew,
        open_state(folder) as kept,
    ):
        try:
            problem = _difference(made_anew, kept)
        except sqlite3.DatabaseError as error:
            problem = str(error)
    if problem:
        (folder / NAME).unlink(missing_ok=True)
    return problem


def _difference(made_anew: LedgerState, kept: LedgerState) -> str | None:
    for expected, found in zip_longest(_facts(made_anew), _facts(kept)):
        if expected != found:
            return f"other facts than the record has, first {(expected or found)[0]}"
    return None


def _facts(state: LedgerState) -> Iterator[tuple[str, object]]:
    """Give all that is known, in an order, each with the name of what it is about."""
    for file in all_files(state):
        (client_guid, day), resource = file.place.delivery, file.place.resource
        yield f"of {client_guid} {day} {resource} {file.place.kind}", file
    for delivery, manifest in all_manifests(state):
        yield f"of the manifest of {delivery.client_guid} {delivery.snapshot_date}", manifest
    for row in day_rows(state):
        yield f"of the day {row.delivery.client_guid} {row.delivery.snapshot_date}", row
    yield "of runs, clients and schemas", state.meta
