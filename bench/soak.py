"""Check that builds of one day, repeated from one warehouse, make the same tables.

It measures nothing. A version of DuckDB must pass it before the version is locked: with 2.0.0 one
build in twelve failed, crashed or wrote other values. No test of a small warehouse found that.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from bench.receiver import BenchReceiver, bench_receiver

BUILD: Final = [sys.executable, "-m", "ingest", "build", "--no-publish"]
TABLES: Final = """
    select table_schema, table_name
    from information_schema.tables
    where table_schema in ('main', 'state', 'history', 'marts')
"""

Summary = dict[str, tuple[Any, ...] | None]


def soak_builds(*, keys: int, transactions: int, days: int, times: int) -> Iterator[str]:
    """Build one day so many times, and say of each build what it did otherwise than the first.

    Args:
        keys: keys of transactions that are there before all days.
        transactions: events of transactions a day.
        days: days that are built before that one, one after the other.

    Returns:
        For each build an empty text, or what is wrong.
    """
    with (
        TemporaryDirectory(prefix="mx-bench-") as folder,
        bench_receiver(Path(folder), transactions=transactions) as receiver,
    ):
        receiver.write_keys(keys)
        for _ in range(days + 1):
            _build(receiver).check_returncode()
            receiver.write_days(receiver.next_day + 1)
        warehouse, before = receiver.data / "warehouse.duckdb", Path(folder) / "before"
        shutil.copy(warehouse, before)
        first: Summary = {}
        for _ in range(times):
            warehouse.with_name(f"{warehouse.name}.wal").unlink(missing_ok=True)
            shutil.copy(before, warehouse)
            done = _build(receiver)
            if done.returncode:
                yield f"the build ended with {done.returncode}: {done.stdout}"
                continue
            found = _summarize(warehouse)
            first = first or found
            yield ", ".join(sorted(table for table in found if found[table] != first[table]))


def _build(receiver: BenchReceiver) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        BUILD,
        env=os.environ | receiver.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _summarize(warehouse: Path) -> Summary:
    """Count the rows of every table and view, and sum up a hash over them."""
    with duckdb.connect(str(warehouse), read_only=True) as database:
        names = [f'{schema}."{name}"' for schema, name in database.execute(TABLES).fetchall()]
        summary = "select count(*), sum(hash(rows)) from {} as rows"
        return {name: database.execute(summary.format(name)).fetchone() for name in names}
