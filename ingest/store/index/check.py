"""Compare an index with all that the record says."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from ingest.store.index.catch_up import open_state, open_state_at
from ingest.store.index.tables.database import NAME
from ingest.store.index.tables.faults import as_ledger_error

_DAY: Final = "date(day + 1721424.5)"
"""The day of Python's ordinal, which SQLite counts from another day on."""
_QUERIES: Final = {
    "files": f"select client_guid, {_DAY}, name, event, part, settled, is_due, is_set_aside, "
    "row_count, plain_bytes, facts from files inner join clients on clients.id = client "
    "inner join resources on resources.id = resource "
    "order by client_guid, day, name, event, part",
    "days": f"select client_guid, {_DAY}, has_manifest, is_due, quarantine_reason, is_listed, "
    "is_unfinished, days.is_given_up, completed_at, facts, open, days.landed, days.given_up, "
    "open_baselines, landed_baselines, given_up_baselines "
    "from days inner join clients on clients.id = client order by client_guid, day",
    "volumes": f"select client_guid, name, {_DAY}, files, row_count, plain_bytes from volumes "
    "inner join clients on clients.id = client inner join resources on resources.id = resource "
    "where files > 0 order by client_guid, name, day",
    "clients": "select client_guid, is_given_up, began_at, landed, given_up from clients "
    "order by client_guid",
    "resources": "select name from resources order by name",
    "runs": "select name, value from meta order by name",
    "versions of source files": "select key, version from versions order by key",
    "broken names": "select name, rejection from bad_names order by name",
    "schemas": "select schema_id, columns from schemas order by schema_id",
    "days of schemas": "select * from spans order by resource, schema_id",
    "erased keys": "select hash from erased_keys order by hash",
    "landed days": f"select resource, {_DAY} from landed_days order by resource, day",
}
"""All that an index says, in an order; the numbers of clients and resources mean nothing."""
_KEY_COLUMNS: Final = 3
"""As many are shown of a row."""


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
        as_ledger_error(Path(scratch, NAME)),
        closing(open_state_at(Path(scratch, NAME), folder).index) as made_anew,
        open_state(folder) as kept,
    ):
        expected = all_rows(made_anew.database)
        try:
            problem = _difference(expected, all_rows(kept.index.database))
        except sqlite3.DatabaseError as error:
            problem = str(error)
    if problem:
        (folder / NAME).unlink(missing_ok=True)
    return problem


def all_rows(index: sqlite3.Connection) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Give all that an index says, each row after what it is of."""
    for of, query in _QUERIES.items():
        for row in index.execute(query):
            yield of, row


def _difference(
    expected: Iterator[tuple[str, tuple[Any, ...]]], found: Iterator[tuple[str, tuple[Any, ...]]]
) -> str | None:
    for pair in zip_longest(expected, found):
        if pair[0] != pair[1]:
            of, row = pair[0] or pair[1]
            key = " ".join(map(str, row[:_KEY_COLUMNS]))
            return f"other {of} than the record says, first {key}"
    return None
