"""Build the warehouse and publish it, alone in the data folder: `just build`.

dbt builds, unless all that is new since it did is what has landed: that is built by its plan.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ingest.apply import apply_plan, can_apply
from ingest.built import find_sources, mark_built, read_mark, target_folder
from ingest.cli import PRIVATE, fail_on_error
from ingest.commands.serving import read_serving
from ingest.dbt import DBT, dbt_environment
from ingest.errors import PublishError
from ingest.lock import run_lock
from ingest.publish import Serving, publish_locked
from ingest.published import Outcome
from ingest.settings import load_settings

UNCHANGED: Final = "nothing has landed or changed since the last build: the tables are up to date"
QUIET: Final = "--quiet"
NO_PUBLISH: Final = "--no-publish"


def build_warehouse(
    data: Path,
    *,
    dbt_args: list[str],
    memory_bytes: int | None = None,
    serving: Serving | None = None,
) -> int:
    """Do what `dbt build` does, publish what it made, and return dbt's exit code.

    Where the last build was of the same, nothing is built; where only files are new, without dbt.

    Args:
        dbt_args: with any but --quiet dbt is run whatever there is to build.
        serving: without it nothing is published.

    Raises:
        LockError: an ingest or another build is at work in the data folder.
        PublishError: a whole build ended well and may not be published all the same.
    """
    run_id = f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-build"
    is_whole, is_quiet = not set(dbt_args) - {QUIET}, QUIET in dbt_args
    with run_lock(data, run_id=run_id):
        code = _build(data, dbt_args, is_whole=is_whole, memory_bytes=memory_bytes)
        if code == 0 and serving:
            _publish(data, serving, is_whole=is_whole, is_quiet=is_quiet)
        return code


def _build(data: Path, dbt_args: list[str], *, is_whole: bool, memory_bytes: int | None) -> int:
    environment = dbt_environment(data, memory_bytes=memory_bytes)
    if not is_whole:
        return _run_dbt(dbt_args, environment=environment)
    warehouse, found, is_quiet = data / "warehouse.duckdb", find_sources(data), QUIET in dbt_args
    mark = read_mark(warehouse)
    if mark.sources == found.text():
        if not is_quiet:
            print(UNCHANGED)  # noqa: T201
        return 0
    if mark.plan and mark.is_of(found.project) and can_apply(data):
        kept = target_folder() / "templates"
        if apply_plan(
            mark.plan, environment=environment, kept=kept, mark=found.text(), is_quiet=is_quiet
        ):
            return 0
    code = _run_dbt(dbt_args, environment=environment)
    if code == 0 and find_sources(data) == found:
        mark_built(warehouse, of=found)
    return code


def _publish(data: Path, serving: Serving, *, is_whole: bool, is_quiet: bool) -> None:
    """Publish a build; what was built of a part alone stays unpublished until the whole is."""
    try:
        published = publish_locked(data, serving=serving, is_asked=False)
    except PublishError as error:
        if is_whole:
            raise
        print(f"not published: {error}")  # noqa: T201
        return
    if not is_quiet and published.outcome is not Outcome.UNCHANGED:
        print(published.text())  # noqa: T201


def _run_dbt(dbt_args: list[str], *, environment: dict[str, str]) -> int:
    command = [str(DBT), "build", *dbt_args]
    inherited = {name: value for name, value in os.environ.items() if name != "MX_MASK_KEY"}
    return subprocess.run(command, env=inherited | environment, check=False).returncode  # noqa: S603


def main() -> None:
    os.umask(PRIVATE)
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
