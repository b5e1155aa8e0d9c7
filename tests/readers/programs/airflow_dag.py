"""Run the DAG of the example, and print what became of its tasks."""

import json

from airflow_mx import dag

run = dag.test()
states = {task.task_id: str(task.state) for task in run.get_task_instances()}
print(json.dumps({"success": str(run.state) == "success", "tasks": states}))
