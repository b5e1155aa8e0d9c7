"""Build what has landed since the last build without starting dbt, by the plan that it left.

The models, macros and tests are dbt's, in its order. To start dbt and to have it look at each of them
is most of what a day's build takes. What cannot go on leaves what a cut-off build by dbt leaves.
"""

import os
from pathlib import Path
from typing import Final

import duckdb
from jinja2 import TemplateError

from ingest.dbt import PROJECT, dbt_environment
from ingest.models.plan import Plan
from ingest.models.profile import open_target
from ingest.models.run import Result, run_plan

PLACES: Final = {"DBT_LOG_PATH", "DBT_TARGET_PATH"}
"""What may be said to dbt without there being another thing to build, or another way."""


def can_apply(data: Path) -> bool:
    """Say whether no variable tells dbt to build otherwise."""
    known = PLACES | dbt_environment(data).keys()
    return known.issuperset(name for name in os.environ if name.startswith("DBT_"))


def apply_plan(plan: str, *, environment: dict[str, str], kept: Path, is_quiet: bool) -> int | None:
    """Build by a plan, and return dbt's exit code; None where dbt itself has to build.

    Args:
        environment: what dbt would be told.
        kept: a folder in which templates stay compiled.
    """
    try:
        with open_target(PROJECT, environment=os.environ | environment) as database:
            results = run_plan(Plan.read(plan), database, kept=kept)
    except (duckdb.Error, TemplateError) as error:
        if not is_quiet:
            print(f"dbt builds: {error}".partition("\n")[0])  # noqa: T201
        return None
    _tell(results, is_quiet=is_quiet)
    return 1 if results[-1].status == "fail" else 0


def _tell(results: list[Result], *, is_quiet: bool) -> None:
    for result in results:
        if result.status == "fail" or (result.status == "warn" and not is_quiet):
            name = result.node["name"]
            print(f"{result.status}: {name}: expected no rows, found {result.failures}")  # noqa: T201
    if not is_quiet:
        tests = [result for result in results if result.node["resource_type"] == "test"]
        print(f"{len(results) - len(tests)} models and {len(tests)} tests have run without dbt")  # noqa: T201
