"""The record of what happened to each file: append-only, one JSON object a line, a file a month.

A record is written after its files have reached the disk, so a crash leaves at most work to do
again. One kind comes first: that a file is set aside. A last line that a crash cut off is no
record: readers pass over it, the next run or build drops it.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.delivery.names import DailyFile, ManifestFile
from ingest.store.durable import append_durably, make_folder
from ingest.store.index.catch_up import catch_up, open_state
from ingest.store.index.fold.record import fold
from ingest.store.index.months import Month, read_months, write_month
from ingest.store.index.state import LedgerState
from ingest.store.record.facts import What
from ingest.store.record.keys import subject
from ingest.store.record.lines import ledger_files, read_file, strange_files

log = logging.getLogger(__name__)

Record = tuple[What, DailyFile | ManifestFile | None, dict[str, Any]]
"""What happened, to which file, and the facts of it."""


class Ledger:
    """The ledger of one data folder, open for one run."""

    def __init__(self, state: LedgerState, *, run_id: str) -> None:
        self.state = state
        self.run_id = run_id
        self._positions = self._read_positions()

    def _read_positions(self) -> dict[str, int]:
        months = read_months(self.state.index.database)
        return {name: month.position for name, month in months.items()}

    def append(self, what: What, about: DailyFile | ManifestFile | None, /, **facts: Any) -> None:
        """Write one record and apply it to the state."""
        self.append_all([(what, about, facts)], at=datetime.now(tz=UTC))

    def append_all(self, records: Sequence[Record], *, at: datetime) -> None:
        """Write records with one wait for the disk, and apply them to the state.

        Args:
            at: when the work began that they record. After a crash in the middle, no record is
                younger than work that was not recorded.
        """
        lines = []
        last_at = self.state.last_at
        for what, about, facts in records:
            last_at = max(at, last_at + timedelta(microseconds=1))
            record = {
                "recorded_at": last_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "run_id": self.run_id,
                "what": what,
                **(subject(about) if about else {}),
                **{name: value for name, value in facts.items() if value is not None},
            }
            lines.append(json.dumps(record, ensure_ascii=True, separators=(",", ":")) + "\n")
        name, content = f"{at:%Y-%m}.jsonl", "".join(lines).encode()
        append_durably(self.state.folder / name, content)
        self._positions[name] = self._positions.get(name, 0) + len(content)
        self.state.appended_to.add(name)
        for line in lines:
            fold(self.state, json.loads(line))
        if self.state.is_large:
            self.flush()

    def flush(self) -> None:
        """Write what records have changed to the index, which lists are asked of.

        If another process has replaced the index meanwhile, the new index is used.
        """
        state, database = self.state, self.state.index.database
        if not state.has_changes:
            return
        with state.index.writing():
            is_ours = state.index.generation() == state.generation
            if is_ours:
                for name in state.appended_to:
                    path = state.folder / name
                    month = Month.read(path, self._positions[name], before=path.stat())
                    write_month(database, name, month)
                state.write()
        if not is_ours:
            state.forget()
            while not catch_up(state, repairs=True):
                pass
            self._positions = self._read_positions()


@contextmanager
def open_ledger(folder: Path, *, run_id: str) -> Iterator[Ledger]:
    """Open a ledger for a run, which holds the data folder's lock.

    Raises:
        LedgerError: it cannot be read, or a line is no record.
    """
    make_folder(folder)
    for path in strange_files(folder):
        log.warning("%s: expected a name like 2026-01.jsonl; it is left alone", path)
    with open_state(folder, repairs=True) as state:
        ledger = Ledger(state, run_id=run_id)
        yield ledger
        ledger.flush()


def read_records(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the records in the order in which they were written.

    Raises:
        LedgerError: it cannot be read, or a line is no record.
    """
    for path in ledger_files(folder):
        yield from read_file(path)
