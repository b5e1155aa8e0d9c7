"""Build the warehouse and publish it, alone in the data folder: `just build`.

dbt decides what a build does. This module asks first whether anything is new, and leaves out the
models of resources that have no new rows.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from ingest.settings.isolation import child_environment
from ingest.warehouse.build.guard import HELD_BY, build_guard
from ingest.warehouse.build.last_build import LastBuild, read_last_build
from ingest.warehouse.build.project_hash import hash_project
from ingest.warehouse.dbt import DBT, PROJECT, dbt_environment, run_to_end
from ingest.warehouse.models.catalogue import Catalogue, read_catalogue
from ingest.warehouse.publish.outcome import Published
from ingest.warehouse.publish.release import publish_locked
from ingest.warehouse.publish.serving import Serving

UNCHANGED: Final = "nothing has landed or changed since the last build: the tables are up to date"
QUIET: Final = "--quiet"
FULL_REFRESH: Final = "--full-refresh"


def build_warehouse(
    data: Path,
    *,
    dbt_args: list[str],
    memory_bytes: int | None = None,
    serving: Serving | None = None,
    as_json: bool = False,
) -> int:
    """Run `dbt build`, publish what it made, and return dbt's exit code.

    Where the last build was complete and nothing has changed since, nothing is built.

    Args:
        dbt_args: any argument but --quiet makes dbt run, even where nothing is new.
        serving: without it nothing is published.
        as_json: print the outcome as one JSON object; what dbt prints goes to stderr.

    Raises:
        LockError: an ingest, another build or another program has the data folder or the warehouse.
        LedgerError: the ledger is damaged.
    """
    is_all, code = not set(dbt_args) - {QUIET}, 0
    with build_guard(data, is_anew=FULL_REFRESH in dbt_args):
        build = read_last_build(data)
        is_unchanged = is_all and build is not None and _is_up_to_date(build)
        if not is_unchanged:
            chosen = find_untouched_models(build) if is_all and build else []
            code = _run_dbt(
                [*dbt_args, *(["--exclude", *chosen] if chosen else [])],
                environment=dbt_environment(data, memory_bytes=memory_bytes),
                output=sys.stderr if as_json else sys.stdout,
            )
        published = _publish(data, serving) if serving and not code else None
    if as_json:
        outcome = "unchanged" if is_unchanged else "failed" if code else "built"
        facts = published.facts() if published else None
        print(json.dumps({"outcome": outcome, "published": facts}))  # noqa: T201 - the answer
    elif QUIET not in dbt_args:
        _tell(published, is_unchanged=is_unchanged)
    return code


def _is_up_to_date(build: LastBuild) -> bool:
    return build.project == hash_project() and not build.has_news


def find_untouched_models(build: LastBuild) -> list[str]:
    """Name the models that a build after a complete one of the same project may leave out."""
    if build.project != hash_project():
        return []
    touched, catalogue = {record["resource"] for record in build.changed}, read_catalogue()
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    return sorted(
        model
        for resource in catalogue.staged_fields()
        for model in _models_of(resource, touched, catalogue)
        if model in models
    )


def _models_of(resource: str, touched: set[str], catalogue: Catalogue) -> Iterator[str]:
    """Give the models of a resource that read no rows of the touched resources."""
    if resource not in touched:
        yield from (f"stg_{resource}", f"state_{resource}", f"history_{resource}")
        if not catalogue.all_owners(resource) & touched:
            yield from (resource, f"hidden_{resource}")


def _publish(data: Path, serving: Serving) -> Published | None:
    """Publish a complete build; dbt's last hook has reported an incomplete one."""
    if read_last_build(data) is None:
        return None
    return publish_locked(data, serving=serving, is_asked=False)


def _tell(published: Published | None, *, is_unchanged: bool) -> None:
    if is_unchanged:
        print(UNCHANGED)  # noqa: T201 - the answer
    if published and published.is_news:
        print(published.text())  # noqa: T201 - the answer


def _run_dbt(dbt_args: list[str], *, environment: dict[str, str], output: TextIO) -> int:
    environment = child_environment() | environment
    environment |= {HELD_BY: str(os.getpid()), "MX_PUBLISH": "false"}
    return run_to_end([str(DBT), "build", *dbt_args], environment=environment, output=output)
