"""Airflow: land deliveries, then build every table and publish: two tasks.

Put it into the folder of DAGs. Workers need `ingest` in PATH, and its settings in the environment.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    "mx_ingest",
    description="MX's deliveries into a published release",
    schedule="10 1-23 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,  # a run takes all that is new, of whatever day
    max_active_runs=1,
    default_args={"do_xcom_push": False, "retry_delay": timedelta(minutes=10)},
) as dag:
    land = BashOperator(
        task_id="land",
        # 3: something is incomplete, and what has landed is built
        bash_command="ingest run || [ $? -eq 3 ]",
        retries=2,
        execution_timeout=timedelta(hours=6),
    )
    build = BashOperator(
        task_id="build",
        # a release is published before this task fails for what is incomplete
        bash_command="ingest build --quiet && ingest status",
        execution_timeout=timedelta(hours=6),
    )
    land >> build
