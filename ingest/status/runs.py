"""One run: its progress, what it did at its end, and the record of a failure."""

import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from ingest.errors import IngestError, LockError, SourceError, UnknownNameError, one_line
from ingest.status.files import Status
from ingest.store.facts import What
from ingest.store.ledger import Ledger, open_ledger
from ingest.store.lock import run_lock

log = logging.getLogger(__name__)


class Progress(Protocol):
    """Shows how far a run is; amounts are bytes as they came."""

    def begin(self, what: str, *, total: int | None) -> None:
        """Start a piece of work; the one before has ended.

        Args:
            total: None where nobody can say.
        """

    def advance(self, amount: int) -> None:
        """Count more of it as done."""


class Silent:
    """Shows nothing."""

    def begin(self, what: str, *, total: int | None) -> None:
        pass

    def advance(self, amount: int) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptySource:
    """A source in which nothing of MX is, and never was: most likely another one is meant."""

    where: str
    ignored: int
    """Files in it whose names are not MX's."""

    def text(self) -> str:
        return (
            f"no MX files in {self.where}, {self.ignored:,} other files ignored; "
            "check MX_SOURCE, or say --allow-empty until the first delivery comes"
        )


@dataclass(slots=True)
class Summary:
    """The work of a run, and the status of the data folder after it."""

    run_id: str
    command: str = "run"
    files_landed: int = 0
    rows_landed: int = 0
    plain_bytes: int = 0
    seconds: float = 0.0
    failures: list[SourceError] = field(default_factory=list)
    statuses: Counter[Status] = field(default_factory=Counter)
    """Of every daily file that was ever listed or delivered."""
    alarms: int = 0
    """Files and manifests that someone should look at."""
    empty_source: EmptySource | None = None
    left_alone: int | None = None
    """Files among those of a baseline that are none; None where there was no baseline."""

    def text(self) -> str:
        """Give the summary for a person; the last line says what is incomplete."""
        last = "everything listed has landed"
        if self.alarms:
            last = f"incomplete: {self.alarms:,} files or manifests; see: ingest status"
        elif self.empty_source:
            last = self.empty_source.text()
        counts = ", ".join(
            f"{self.statuses[status]:,} {status}" for status in Status if self.statuses[status]
        )
        return "\n".join(
            (
                f"landed {self.files_landed:,} files, {self.rows_landed:,} rows, "
                f"{self.plain_bytes / 1e6:,.1f} MB in {self.seconds:.1f} s"
                + (f"; left alone {self.left_alone:,} other files" if self.left_alone else ""),
                f"now: {counts or 'no files'}",
                last,
            )
        )

    def work(self) -> dict[str, Any]:
        """Give the work that the run has done so far."""
        return {
            "command": self.command,
            "files_landed": self.files_landed,
            "rows_landed": self.rows_landed,
            "plain_bytes": self.plain_bytes,
            "seconds": round(self.seconds, 3),
            "failures": [str(failure) for failure in self.failures],
        }

    def facts(self) -> dict[str, Any]:
        """Give the summary as a record for a program."""
        empty = {}
        if self.empty_source:
            empty = {"empty_source": True, "ignored_files": self.empty_source.ignored}
        return {
            "run_id": self.run_id,
            **self.work(),
            "standings": {str(name): count for name, count in self.statuses.items()},
            "alarms": self.alarms,
            **empty,
            **({} if self.left_alone is None else {"left_alone": self.left_alone}),
        }


@contextmanager
def recording_failure(command: str, *, data: Path | None) -> Iterator[None]:
    """Record of a command that it failed before it could open the ledger.

    Args:
        data: the data folder; nothing is recorded where it is not known or not there yet.
    """
    try:
        yield
    except (IngestError, OSError) as error:
        if data and data.is_dir() and not isinstance(error, LockError):
            _record_alone(data, error, command=command)
        raise


def _record_alone(data: Path, error: Exception, *, command: str) -> None:
    run_id = new_run_id()
    try:
        with (
            run_lock(data, run_id=run_id),
            open_ledger(data / "ledger", run_id=run_id) as ledger,
        ):
            record_failure(ledger, error, command=command, seconds=0.0, failures=[])
    except (IngestError, OSError) as reason:
        _say_unrecorded(reason)


def record_failure(
    ledger: Ledger, error: BaseException, *, failures: list[str], **facts: Any
) -> None:
    """Record that a run failed, for who holds its lock; a name that nobody knows is no failure.

    Args:
        failures: what went wrong before that.
    """
    if isinstance(error, UnknownNameError):
        return
    line = without_accounts(one_line(error))
    try:
        ledger.append(What.RUN, None, **facts, failures=[*failures, line])
    except OSError as reason:
        _say_unrecorded(reason)


def without_accounts(line: str) -> str:
    """Leave out of addresses as whom a server is asked, and what may be a secret in a query."""
    line = re.sub(r"(?<=://)[^@/\s]*@", "", line)
    return re.sub(r"(\b[a-z]+://[^\s?]*)\?[^\s;,'\"]*", r"\1", line)


def new_run_id() -> str:
    """Name a run by its start and its process."""
    return f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"


def _say_unrecorded(reason: Exception) -> None:
    log.warning("this failure is not in the ledger: %s", one_line(reason))
