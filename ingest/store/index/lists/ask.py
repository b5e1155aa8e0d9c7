"""Ask the index a query."""

from collections.abc import Iterator
from typing import Any

from ingest.store.index.state import LedgerState


def ask(state: LedgerState, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an answer.

    Records that were appended have to be written to the index before (`Ledger.flush`).
    """
    assert not state.has_changes, "records that the index does not have yet"  # noqa: S101 - ours
    yield from state.index.database.cursor().execute(query, values)
