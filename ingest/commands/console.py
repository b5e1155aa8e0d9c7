"""What a command writes to stderr: logs, and a progress bar on a terminal."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

from ingest.status import progress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# Their own words may hold user IDs and addresses; what matters of them is told in ours.
_QUIET = ("gnupg", "httpcore", "httpx", "paramiko")


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at the time: a progress bar puts itself in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class JsonLines(logging.Formatter):
    """An event as one JSON object: time, level, message, and the facts that came with it."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        return json.dumps(facts | getattr(record, "facts", {}), default=str)


def configure_logs(*, as_json: bool) -> None:
    """Send logs to stderr in one of the two forms."""
    handler = _Stderr()
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


class Bar:
    """Draws the work that is under way, with an estimate of what is left."""

    def __init__(self, drawing: "Progress") -> None:
        self._drawing = drawing
        self._task: TaskID | None = None

    def begin(self, what: str, *, total: int) -> None:
        if self._task is not None:
            self._drawing.remove_task(self._task)
        self._task = self._drawing.add_task(what, total=total)

    def advance(self, amount: int) -> None:
        if self._task is not None:
            self._drawing.advance(self._task, amount)


@contextmanager
def progress_bar() -> Iterator[progress.Progress]:
    """Show a bar on stderr while the block lasts, if that is a terminal."""
    if not sys.stderr.isatty():
        yield progress.Silent()
        return
    # a timer's run need not wait for this import
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as drawing:
        yield Bar(drawing)
