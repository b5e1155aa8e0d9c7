"""How far a build is can be read from dbt's log while it is written."""

import time
from collections.abc import Callable
from pathlib import Path

from ingest.warehouse.build.watch import watching_dbt

GREEN, PLAIN = "\x1b[32m", "\x1b[0m"


class Seen:
    """Remembers what is shown."""

    def __init__(self) -> None:
        self.totals: list[int | None] = []
        self.done = 0

    def begin(self, what: str, *, total: int | None) -> None:
        self.totals.append(total)

    def advance(self, amount: int) -> None:
        self.done += amount


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def line(text: str, result: str) -> str:
    return (
        f"{PLAIN}09:51:28.7 [info ] [Thread-1 (]: {text} ..... [{GREEN}{result}{PLAIN} in 0.1s]\n"
    )


def test_models_and_tests_count_once_they_are_done_and_hooks_do_not(tmp_path: Path) -> None:
    log = tmp_path / "dbt" / "logs" / "dbt.log"
    log.parent.mkdir(parents=True)
    log.write_text(line("7 of 9 OK created sql view model main.old", "OK"))
    seen = Seen()

    with watching_dbt(tmp_path, seen), log.open("a", buffering=1) as writer:
        writer.write(line("1 of 1 OK hook: mx.on-run-start.0", "OK"))
        writer.write(line("1 of 3 START sql incremental model ops.ledger", "RUN"))
        writer.write(line("1 of 3 OK created sql incremental model ops.ledger", "OK"))
        wait_until(lambda: seen.done == 1)
        writer.write(line("2 of 3 WARN 24 is_empty_unknown_owners_", "WARN 24"))
        writer.write(line("3 of 3 PASS is_empty_breaches_", "PASS"))
        wait_until(lambda: seen.done == 3)

    assert (seen.totals, seen.done) == ([3], 3)


def test_a_build_that_writes_no_log_shows_nothing(tmp_path: Path) -> None:
    seen = Seen()

    with watching_dbt(tmp_path, seen):
        pass

    assert (seen.totals, seen.done) == ([], 0)
