"""Lists of the few files that are open, due or set aside never read the many others."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from ingest.store.index.catch_up import open_state
from ingest.store.index.lists import due_files, open_files, set_aside_files
from ingest.store.index.state import LedgerState

LISTS: dict[str, Callable[[LedgerState], Iterable[object]]] = {
    "open": open_files,
    "open or given up": lambda state: open_files(state, with_given_up=True),
    "due": due_files,
    "all that are open": lambda state: due_files(state, all_open=True),
    "set aside": set_aside_files,
    "open of a client": lambda state: state.index.open_keys("CLT-1"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_few_files_asks_an_index_of_them(tmp_path: Path, name: str) -> None:
    (tmp_path / "ledger").mkdir()
    asked: list[str] = []
    with open_state(tmp_path / "ledger") as state:
        database = state.index.database
        database.set_trace_callback(asked.append)
        list(LISTS[name](state))
        database.set_trace_callback(None)
        plans = [
            step
            for query in asked
            if " from files" in query
            for *_, step in database.execute(f"explain query plan {query}")
        ]

    of_files = [step for step in plans if step.split()[1] == "files"]
    assert [step for step in of_files if "_files" not in step] == []
    assert of_files
