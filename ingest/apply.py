"""Build what has landed since the last build without starting dbt, by the plan that it left.

Models, macros and tests are dbt's, in its order; that dbt starts and looks at each of them is most
of what a day's build costs. All is one transaction: what cannot go on has done nothing, and dbt
builds instead.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb
from jinja2 import TemplateError

from ingest.dbt import PROJECT, dbt_environment
from ingest.models.adapter import Database
from ingest.models.plan import Plan
from ingest.models.profile import open_target
from ingest.models.run import Result, run_plan

PLACES: Final = {"DBT_LOG_PATH", "DBT_TARGET_PATH"}
"""What may be said to dbt without there being another thing to build, or another way."""


class _TooLarge(Exception):  # noqa: N818 - no error: this is dbt's to do
    """More has landed than one transaction should hold."""


class _TestFailed(Exception):  # noqa: N818 - dbt has the last word
    """A test has found fault."""


def can_apply(data: Path) -> bool:
    """Say whether no variable tells dbt to build otherwise."""
    known = PLACES | dbt_environment(data).keys()
    return known.issuperset(name for name in os.environ if name.startswith("DBT_"))


def apply_plan(
    text: str, *, environment: dict[str, str], kept: Path, mark: str, is_quiet: bool
) -> bool:
    """Build by a plan; false where nothing has been done and dbt has to build.

    What has failed is told however quiet a build is to be: where dbt then succeeds, DuckDB has not
    made the same of the same.

    Args:
        environment: what dbt would be told.
        kept: a folder in which templates stay compiled.
        mark: what the warehouse is then built from.
    """
    plan = Plan.read(text)
    try:
        with open_target(PROJECT, environment=os.environ | environment) as database:
            database.execute("begin")
            results = list(_run(plan, database, kept=kept))
            database.execute("insert into ops.built values (?)", [mark])
            database.execute("commit")
    except _TooLarge as reason:
        if not is_quiet:
            print(f"dbt builds: {reason}")  # noqa: T201
        return False
    except (duckdb.Error, TemplateError, _TestFailed) as error:
        print(f"warning: dbt builds what failed: {error}".partition("\n")[0])  # noqa: T201
        return False
    if not is_quiet:
        _tell(results)
    return True


def _run(plan: Plan, database: Database, *, kept: Path) -> Iterator[Result]:
    for result in run_plan(plan, database, kept=kept):
        if result.status == "fail":
            raise _TestFailed(f"{result.node['name']} expects no rows, found {result.failures}")
        if result.node["name"] == "landed_files":
            _check_size(database, limit=plan.variables["rows_at_once"])
        yield result


def _check_size(database: Database, *, limit: int) -> None:
    """Leave to dbt what is to be applied in several transactions, for memory to hold it."""
    query = """
        select coalesce(sum(record_count), 0)
        from ops.landed_files
        anti join ops.applied_files using (path, file, plain_sha256)
    """
    [(rows,)] = database.execute(query).fetchall()
    if rows > limit:
        raise _TooLarge(f"{rows} rows have landed, more than {limit} are applied in several steps")


def _tell(results: list[Result]) -> None:
    for result in results:
        if result.status == "warn":
            print(f"warning: {result.node['name']}: {result.failures} rows")  # noqa: T201
    tests = [result for result in results if result.node["resource_type"] == "test"]
    print(f"without dbt: {len(results) - len(tests)} models, {len(tests)} tests")  # noqa: T201
