"""Dagster: land deliveries, build every table as an asset, and end with a published release.

Start it with `ingest` in PATH and MX_DATA set: dagster dev -f dagster_mx.py. Dagster has an
environment of its own, with dagster and dagster-dbt; dbt and DuckDB are those of `ingest`.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

COMPLETE, INCOMPLETE = 0, 3
DBT_FILES = Path(os.environ["MX_DATA"]).absolute() / "dbt"
MANIFEST = DBT_FILES / "target" / "manifest.json"


def ingest(*args: str, accepted: tuple[int, ...] = (COMPLETE,)) -> tuple[int, Any]:
    """Run a command, and give its exit code and what it says as JSON."""
    done = subprocess.run(["ingest", *args, "--json"], capture_output=True, text=True, check=False)
    if done.returncode not in accepted:
        raise dg.Failure(f"ingest {args[0]}: exit code {done.returncode}: {done.stderr[-2000:]}")
    return done.returncode, json.loads(done.stdout)


if not MANIFEST.exists():
    subprocess.run(["ingest", "dbt", "--quiet", "parse"], check=True)
SHELL = json.loads(subprocess.check_output(["ingest", "env", "--json"]))


class AfterDeliveries(DagsterDbtTranslator):
    """A model that reads no other model reads what has landed."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        if manifest["nodes"].get(unique_id, {}).get("depends_on", {}).get("nodes"):
            return spec
        return spec.merge_attributes(deps=[deliveries.key])


@dg.asset
def deliveries() -> dg.MaterializeResult[None]:
    """All that has come, verified and landed. An incomplete day does not stop the rest."""
    _, summary = ingest("run", accepted=(COMPLETE, INCOMPLETE))
    return dg.MaterializeResult(metadata={"summary": summary})


@dg.asset_check(asset=deliveries)
def is_everything_here() -> dg.AssetCheckResult:
    """Warn while something is missing, waiting or in quarantine; this is the alarm."""
    code, status = ingest("status", accepted=(COMPLETE, INCOMPLETE))
    return dg.AssetCheckResult(
        passed=code == COMPLETE,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"next_steps": [step for day in status["days"] for step in day["next_steps"]]},
    )


@dbt_assets(manifest=MANIFEST, dagster_dbt_translator=AfterDeliveries())
def tables(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """All models and tests, in one dbt process: it holds the lock, and publishes at its end."""
    target = DBT_FILES / "dagster" / context.run_id
    yield from dbt.cli(["build"], context=context, target_path=target).stream()


@dg.asset(deps=[tables])
def release() -> dg.MaterializeResult[None]:
    """The release that readers see; it fails if the build was not complete."""
    _, published = ingest("publish")
    return dg.MaterializeResult(metadata=published)


daily = dg.define_asset_job("mx_ingest", selection="*", executor_def=dg.in_process_executor)

definitions = dg.Definitions(
    assets=[deliveries, tables, release],
    asset_checks=[is_everything_here],
    jobs=[daily],
    schedules=[dg.ScheduleDefinition(job=daily, cron_schedule="10 1-23 * * *")],
    resources={
        "dbt": DbtCliResource(
            project_dir=SHELL["DBT_PROJECT_DIR"],
            dbt_executable=str(Path(SHELL["PATH"].partition(":")[0]) / "dbt"),
        )
    },
)
