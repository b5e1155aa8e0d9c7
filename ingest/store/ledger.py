"""The record of what happened to each file: append-only, one JSON object a line, a file a month.

A record is written after its files have reached the disk, so a crash leaves at most work to do
again. One kind comes first: that a file is set aside. A last line that a crash cut off is no
record: readers pass over it, the next run or build drops it.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.delivery.names import DailyFile, ManifestFile
from ingest.store.durable import append_durably, make_folder
from ingest.store.facts import What
from ingest.store.index.catch_up import open_state, reopen
from ingest.store.index.fold_record import fold
from ingest.store.index.state import LedgerState
from ingest.store.index.tables.database import NAME
from ingest.store.index.tables.faults import as_ledger_error, is_removed
from ingest.store.index.tables.months import Month, read_months, write_month
from ingest.store.keys_and_paths import subject
from ingest.store.lines import ledger_files, read_file, strange_files

log = logging.getLogger(__name__)

Record = tuple[What, DailyFile | ManifestFile | None, dict[str, Any]]
"""What happened, to which file, and the facts of it."""


class Ledger:
    """The ledger of one data folder, open for one run."""

    def __init__(self, state: LedgerState, *, run_id: str) -> None:
        self.state = state
        self.run_id = run_id
        self._positions = {
            name: month.position for name, month in read_months(state.index.database).items()
        }

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
        first_at = last_at = max(at, self.state.last_at + timedelta(microseconds=1))
        for what, about, facts in records:
            record = {
                "recorded_at": last_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "run_id": self.run_id,
                "what": what,
                **(subject(about) if about else {}),
                **{name: value for name, value in facts.items() if value is not None},
            }
            last_at += timedelta(microseconds=1)
            lines.append(json.dumps(record, ensure_ascii=True, separators=(",", ":")) + "\n")
        name, content = f"{first_at:%Y-%m}.jsonl", "".join(lines).encode()
        append_durably(self.state.folder / name, content)
        self._positions[name] = self._positions.get(name, 0) + len(content)
        self.state.appended_to.add(name)
        for line in lines:
            fold(self.state, json.loads(line))
        if self.state.is_large:
            self.flush()

    def flush(self) -> None:
        """Write what records have changed to the index, which lists are asked of.

        If somebody has removed the index meanwhile, the one at its path is used.

        Raises:
            LedgerError: the index cannot be written; its records are written by the next flush.
        """
        if not self.state.has_changes:
            return
        with as_ledger_error(self.state.folder / NAME):
            try:
                self._write()
            except sqlite3.OperationalError as error:
                if not is_removed(error):
                    raise
                reopen(self.state)

    def _write(self) -> None:
        state = self.state
        with state.index.writing():
            for name in state.appended_to:
                path = state.folder / name
                month = Month.read(path, self._positions[name], before=path.stat())
                write_month(state.index.database, name, month)
            state.write()
        state.drop_changes()


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
