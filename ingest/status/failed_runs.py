"""A run that fails is recorded, too: with its one line, so that a report can tell of it."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.errors import IngestError, LockError, UnknownNameError, one_line
from ingest.store.ledger import Ledger, open_ledger
from ingest.store.lock import run_lock
from ingest.store.record.facts import What

log = logging.getLogger(__name__)


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
