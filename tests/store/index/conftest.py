"""Three months of records, and their index."""

from pathlib import Path

import pytest

from ingest.store.index.catch_up import open_state
from tests.store.index.ledgers import MONTHS, both
from tests.store.test_lines import RUN, line


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three months of records, and their index."""
    folder = tmp_path / "data" / "ledger"
    folder.mkdir(parents=True)
    for number, name in enumerate(MONTHS):
        days = range(8 * number + 1, 8 * number + 9)
        (folder / name).write_bytes(b"".join(map(both, days)) + line(RUN))
    with open_state(folder):
        pass
    return tmp_path / "data"
