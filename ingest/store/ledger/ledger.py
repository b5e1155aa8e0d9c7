"""What became of each file: an append-only record, one JSON object a line, one file a month.

A record is written after what it tells has reached the disk, so a crash leaves at most work to do
again. One alone comes first: that a file is set aside. A last line that a crash cut off is no
record: readers pass over it, the next run or build drops it.
"""

import gc
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.delivery.names import DailyFile, ManifestFile
from ingest.store.durable import append_durably, make_folder
from ingest.store.ledger.lines import ledger_files, read_file, strange_files
from ingest.store.ledger.state import LedgerState, What, fold, subject

log = logging.getLogger(__name__)

Record = tuple[What, DailyFile | ManifestFile | None, dict[str, Any]]
"""What happened, to which file, and the facts of it."""


class Ledger:
    """The ledger of one data folder, open for one run."""

    def __init__(self, folder: Path, *, run_id: str) -> None:
        """Read every record there is.

        Raises:
            LedgerError: it cannot be read, or a line is no record.
        """
        self._folder = make_folder(folder)
        self.run_id = run_id
        for path in strange_files(folder):
            log.warning("%s: expected a name like 2026-01.jsonl; it is left alone", path)
        self.state = read_state(folder, mends=True)

    def append(self, what: What, about: DailyFile | ManifestFile | None, /, **facts: Any) -> None:
        """Write one record and fold it into the state."""
        self.append_all([(what, about, facts)], at=datetime.now(tz=UTC))

    def append_all(self, records: Sequence[Record], *, at: datetime) -> None:
        """Write records with one wait for the disk, and fold them into the state.

        Args:
            at: when what they tell began, so that a crash amid them leaves none that is younger
                than what it has left unrecorded.
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
        append_durably(self._folder / f"{at:%Y-%m}.jsonl", "".join(lines).encode())
        for line in lines:
            fold(self.state, json.loads(line))


def read_state(folder: Path, *, mends: bool = False) -> LedgerState:
    """Fold every record of a ledger.

    Args:
        mends: as `read_file` takes it; else nothing is changed.

    Raises:
        LedgerError: it cannot be read, or a line is no record.
    """
    state = LedgerState()
    gc.disable()  # what is known of years of files stays, and looking through it takes time
    try:
        for record in read_records(folder, mends=mends):
            fold(state, record)
    finally:
        gc.enable()
    return state


def read_records(folder: Path, *, mends: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the records in the order in which they were written.

    Raises:
        LedgerError: it cannot be read, or a line is no record.
    """
    for path in ledger_files(folder):
        yield from read_file(path, mends=mends)
