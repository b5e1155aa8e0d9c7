"""Show how far a build is, from the log that dbt writes meanwhile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final, TextIO

from ingest.status.runs import Progress

EVERY_S: Final = 0.2
_DONE: Final = re.compile(r"\[info \].* \d+ of (\d+) (?:OK|PASS|WARN|ERROR|FAIL|SKIP)\b")
_HOOK: Final = " hook: "


@contextmanager
def watching_dbt(data: Path, progress: Progress) -> Iterator[None]:
    """Show how many models and tests are done while the block builds."""
    log = data / "dbt" / "logs" / "dbt.log"
    start = log.stat().st_size if log.exists() else 0
    ended = Event()
    watcher = Thread(target=_watch, args=(log, start, progress, ended), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _watch(path: Path, start: int, progress: Progress, ended: Event) -> None:
    while not path.exists():
        if ended.wait(EVERY_S):
            return
    with path.open(errors="replace") as log:
        log.seek(start)
        total = 0
        while not ended.wait(EVERY_S):
            total = _show_news(log, progress, total=total)


def _show_news(log: TextIO, progress: Progress, *, total: int) -> int:
    """Count what the new lines say is done, and return how many there are in all."""
    for line in log:
        found = _DONE.search(line)
        if found is None or _HOOK in line:
            continue
        if not total:
            total = int(found[1])
            progress.begin("build and test", total=total)
        progress.advance(1)
    return total
