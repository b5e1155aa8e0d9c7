"""What became of each file: an append-only record, one JSON object a line, one file a month.

A record is written after what it tells has reached the disk, so a crash leaves at most work to do
again. One alone comes first: that a file is set aside. A last line that a crash cut off is no
record: readers pass over it, the next run drops it.
"""

import gc
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from ingest.delivery import DailyFile, ManifestFile
from ingest.durable import append_durably, cut_durably, make_folder
from ingest.errors import LedgerError
from ingest.ledger_state import LedgerState, What, fold, subject

Record = tuple[What, DailyFile | ManifestFile | None, dict[str, Any]]
"""What happened, to which file, and the facts of it."""


class Ledger:
    """The ledger of one data folder, open for one run."""

    def __init__(self, folder: Path, *, run_id: str) -> None:
        """Read every record there is.

        Raises:
            LedgerError: a whole line is no record.
        """
        self._folder = make_folder(folder)
        self.run_id = run_id
        for path in sorted(folder.glob("*.jsonl"))[-1:]:
            _drop_torn_line(path)
        self.state = read_state(folder)

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


def read_state(folder: Path) -> LedgerState:
    """Fold every record of a ledger, without changing it.

    Raises:
        LedgerError: a whole line is no record.
    """
    state = LedgerState()
    gc.disable()  # what is known of years of files stays, and looking through it takes time
    try:
        for record in read_records(folder):
            fold(state, record)
    finally:
        gc.enable()
    return state


def read_records(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the records in the order in which they were written.

    Raises:
        LedgerError: a whole line is no record.
    """
    for path in sorted(folder.glob("*.jsonl")):
        yield from read_file(path)


def read_file(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of one file of a ledger, but for a last line that a crash cut off.

    Raises:
        LedgerError: a whole line is no record.
    """
    *lines, _torn = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            yield _parse(line)
        except ValueError as error:
            raise LedgerError(
                f"ledger {path}, line {number}: expected a JSON object, found none; "
                "restore the file from a backup"
            ) from error


def _parse(line: bytes) -> dict[str, Any]:
    """A name that is no UTF-8 has lone surrogates, which the faster parser does not take."""
    try:
        record = orjson.loads(line)
    except ValueError:
        record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError("no object")
    return record


def _drop_torn_line(path: Path) -> None:
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        cut_durably(path, size_bytes=whole)
