"""Run the job of the example, and print what became of its assets and checks."""

import json

import dagster as dg
from dagster_mx import definitions

with dg.DagsterInstance.ephemeral() as instance:
    job = definitions.get_job_def("mx_ingest")
    done = job.execute_in_process(instance=instance, raise_on_error=False)
assets = [event.asset_key.to_user_string() for event in done.get_asset_materialization_events()]
checks = done.get_asset_check_evaluations()
failed = [check.check_name for check in checks if not check.passed]
print(json.dumps({"success": done.success, "assets": assets, "failed": failed}))
