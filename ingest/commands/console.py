"""Write logs to stderr, and draw a progress bar if that is a terminal."""

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

from ingest.settings.client_names import name_clients
from ingest.status import runs as progress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# Messages of these libraries may hold user IDs and addresses; our errors say what matters.
_QUIET = ("gnupg", "httpcore", "httpx", "paramiko")


class _Stderr(logging.StreamHandler[TextIO]):
    """Write to the present stderr, which a progress bar replaces while it is drawn."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class JsonLines(logging.Formatter):
    """Write an event as one JSON object: time, level, message and facts."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        return json.dumps(facts | getattr(record, "facts", {}), default=str)


class Messages(logging.Formatter):
    """Write an event as its message, with the names of clients."""

    def __init__(self) -> None:
        super().__init__("%(message)s")
        self.names: Mapping[str, str] = {}

    def format(self, record: logging.LogRecord) -> str:
        return name_clients(super().format(record), self.names)


def name_clients_in_logs(names: Mapping[str, str]) -> None:
    """Show clients by their names from now on; JSON lines have GUIDs alone."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Messages):
            handler.formatter.names = names


def configure_logs(*, as_json: bool) -> None:
    """Send logs to stderr, as JSON lines or as plain messages."""
    handler = _Stderr()
    handler.setFormatter(JsonLines() if as_json else Messages())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


class Bar:
    """Draw the progress of the present work, with an estimate of the time left."""

    def __init__(self, drawing: "Progress") -> None:
        self._drawing = drawing
        self._task: TaskID | None = None

    def begin(self, what: str, *, total: int | None) -> None:
        if self._task is not None:
            self._drawing.remove_task(self._task)
        self._task = self._drawing.add_task(what, total=total)

    def advance(self, amount: int) -> None:
        if self._task is not None:
            self._drawing.advance(self._task, amount)


@contextmanager
def progress_bar(*, of_bytes: bool = True) -> Iterator[progress.Progress]:
    """Draw a bar on stderr while the block runs, if that is a terminal.

    Args:
        of_bytes: amounts are bytes; else they are counts.
    """
    if not sys.stderr.isatty():
        yield progress.Silent()
        return
    # rich is slow to import, and a run without a terminal does not need it
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    amount = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), amount)
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as drawing:
        yield Bar(drawing)
