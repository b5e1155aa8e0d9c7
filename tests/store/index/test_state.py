"""However the index came to be, it says the same: what a plain fold of all records says."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest.store.index import catch_up
from ingest.store.index import state as index_state
from ingest.store.index.tables.database import NAME
from ingest.store.ledger import Ledger, open_ledger
from tests.store.index.plain import assert_index_is_right
from tests.store.index.records import draw_batches

EXAMPLES = int(os.environ.get("INDEX_EXAMPLES", "4"))
BATCHES = 40


class Operator:
    """Does to an index what happens to one between the records of a run."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.index = folder, folder / NAME
        self.random = random
        self.backup = folder / "backup.sqlite"

    def flush(self, ledger: Ledger) -> None:
        ledger.flush()

    def read(self, _: Ledger) -> None:
        """Read as another process does while a run has records that it has not flushed."""
        assert_index_is_right(self.folder)

    def delete(self, _: Ledger) -> None:
        self.index.unlink(missing_ok=True)

    def back_up(self, _: Ledger) -> None:
        if self.index.exists():
            shutil.copyfile(self.index, self.backup)

    def restore(self, _: Ledger) -> None:
        if self.backup.exists():
            self.backup.replace(self.index)

    def damage(self, _: Ledger) -> None:
        self.index.unlink(missing_ok=True)
        self.index.write_bytes(self.random.randbytes(5_000))

    def touch(self, _: Ledger) -> None:
        """Make the oldest month look changed, so that all is read again."""
        months = sorted(self.folder.glob("*.jsonl"))
        if months:
            os.utime(months[0])

    def nothing(self, _: Ledger) -> None: ...

    def draw(self) -> Callable[[Ledger], None]:
        actions = (self.flush, self.read, self.delete, self.back_up, self.restore, self.damage)
        return self.random.choice((*actions, self.touch, *[self.nothing] * 6))


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(random=st.randoms(use_true_random=True))
def test_every_way_to_an_index_ends_in_the_same_facts(
    random: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ways") / "ledger"
    operator, at = Operator(folder, random), datetime(2026, 1, 1, tzinfo=UTC)
    batches = draw_batches(random, batches=BATCHES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catch_up, "RECORDS_AT_ONCE", random.choice((1, 7, 100_000)))
        patch.setattr(index_state, "DAYS_IN_MEMORY", random.choice((0, 2, 500)))
        for run in range(4):
            with open_ledger(folder, run_id=f"r{run}") as ledger:
                for batch, _ in zip(batches, range(BATCHES // 4), strict=False):
                    ledger.append_all(batch, at=at)
                    at += timedelta(days=random.choice((-3, 0, 5)))
                    operator.draw()(ledger)
            assert_index_is_right(folder)
