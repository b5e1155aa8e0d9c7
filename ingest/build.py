"""Build the warehouse and publish it, alone in the data folder: `just build`.

dbt decides what a build does. This module asks first whether anything is new, and leaves out the
models of resources that have no new rows.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from ingest.build_guard import HELD_BY, build_guard
from ingest.build_sources import find_sources
from ingest.cli import fail_on_error
from ingest.commands.serving import read_serving
from ingest.dbt import DBT, dbt_environment
from ingest.process import child_environment, keep_private
from ingest.publish import Serving, publish_locked
from ingest.published import Outcome
from ingest.settings import load_settings
from ingest.untouched import find_untouched_models
from ingest.warehouse import last_build

UNCHANGED: Final = "nothing has landed or changed since the last build: the tables are up to date"
QUIET: Final = "--quiet"
NO_PUBLISH: Final = "--no-publish"
FULL_REFRESH: Final = "--full-refresh"


def build_warehouse(
    data: Path,
    *,
    dbt_args: list[str],
    memory_bytes: int | None = None,
    serving: Serving | None = None,
) -> int:
    """Run `dbt build`, publish what it made, and return dbt's exit code.

    Where the last build was complete and of the same, nothing is built.

    Args:
        dbt_args: with any but --quiet dbt is run whatever there is to build.
        serving: without it nothing is published.

    Raises:
        LockError: an ingest, another build or another program has the data folder or the warehouse.
        LedgerError: the ledger is damaged.
    """
    is_whole, is_quiet = not set(dbt_args) - {QUIET}, QUIET in dbt_args
    with build_guard(data, is_anew=FULL_REFRESH in dbt_args):
        build = last_build(data / "warehouse.duckdb")
        if is_whole and build and build.sources == find_sources(data).text():
            if not is_quiet:
                print(UNCHANGED)  # noqa: T201
        else:
            chosen = find_untouched_models(data, build) if is_whole and build else []
            code = _run_dbt(
                [*dbt_args, *(["--exclude", *chosen] if chosen else [])],
                environment=dbt_environment(data, memory_bytes=memory_bytes),
            )
            if code:
                return code
        if serving:
            _publish(data, serving, is_quiet=is_quiet)
        return 0


def _publish(data: Path, serving: Serving, *, is_quiet: bool) -> None:
    """Publish a complete build; of one that is not, dbt's last hook has said so."""
    if last_build(data / "warehouse.duckdb") is None:
        return
    published = publish_locked(data, serving=serving, is_asked=False)
    if not is_quiet and published.outcome is not Outcome.UNCHANGED:
        print(published.text())  # noqa: T201


def _run_dbt(dbt_args: list[str], *, environment: dict[str, str]) -> int:
    """Run dbt to its end, in a process group of its own: an interruption is for this process."""
    environment |= {HELD_BY: str(os.getpid()), "MX_PUBLISH": "false"}
    command = [str(DBT), "build", *dbt_args]
    dbt = subprocess.Popen(command, env=child_environment() | environment, process_group=0)  # noqa: S603
    try:
        return dbt.wait()
    except KeyboardInterrupt:
        os.killpg(dbt.pid, signal.SIGKILL)
        dbt.wait()
        raise


def main() -> None:
    keep_private()
    with fail_on_error():
        settings, dbt_args = load_settings(), sys.argv[1:]
        is_published = NO_PUBLISH not in dbt_args
        code = build_warehouse(
            settings.data,
            dbt_args=[each for each in dbt_args if each != NO_PUBLISH],
            memory_bytes=settings.build_memory,
            serving=read_serving(settings) if is_published else None,
        )
        raise SystemExit(code)


if __name__ == "__main__":
    main()
