"""A progress bar on a terminal, nothing anywhere else."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest import progress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


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
