"""A progress bar on a terminal, nothing anywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)


class Bar:
    """Draws the work that is under way, with an estimate of what is left."""

    def __init__(self, drawing: Progress) -> None:
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
def progress_bar() -> Iterator[Bar]:
    """Show a bar on stderr while the block lasts, if that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as drawing:
        yield Bar(drawing)
