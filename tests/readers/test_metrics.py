"""MetricFlow answers from a release what SQL answers."""

import csv
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from ingest.warehouse.dbt import PROJECT
from tests.readers.environments import (
    METRICS,
    ROOT,
    clean_environment,
    environment_folder,
    missing_readers,
)
from tests.readers.published import Serve

Ask = Callable[..., list[tuple[str, ...]]]
POSTED = "from marts.money_by_month where status = 'POSTED' and month is not null"
LATEST = "where month = (select max(month) from marts.{0})"
QUESTIONS = {
    ("money_in,money_out,money_kept", "metric_time__month"): (
        f"select month, sum(money_in), sum(money_out), sum(money_in - money_out) {POSTED}"
    ),
    ("net_worth", "user_month__currency_code"): (
        "select currency_code, sum(net_worth) from marts.net_worth_by_month "
        + LATEST.format("net_worth_by_month")
    ),
    ("balance", "account_month__account_type"): (
        "select account_type, sum(balance) from marts.account_balances_by_month "
        + LATEST.format("account_balances_by_month")
        + " and not is_closed"
    ),
    ("active_users", "product_day__product"): (
        "select product, sum(active_users) from marts.active_users_by_day "
        "where day = (select max(day) from marts.active_users_by_day)"
    ),
}


@pytest.fixture(scope="module")
def ask(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Have dbt write down what metrics mean, and give a function that asks for some."""
    assert missing_readers(METRICS) == []
    project = tmp_path_factory.mktemp("metrics") / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    programs = environment_folder(METRICS) / "bin"
    environment = clean_environment(
        MX_DATA=str(serve.data), DBT_PROFILES_DIR=str(ROOT / "readers" / "metrics")
    )
    environment["PATH"] = f"{programs}:{environment['PATH']}"

    def call(*command: str) -> None:
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def ask_for(metrics: str, group: str) -> list[tuple[str, ...]]:
        answer = project / "answer.csv"
        call("mf", "query", "--metrics", metrics, "--group-by", group, "--csv", str(answer))
        with answer.open() as lines:
            return [tuple(row) for row in csv.reader(lines)][1:]

    call("dbt", "--quiet", "parse")
    return ask_for


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_a_metric_is_what_sql_says(serve: Serve, ask: Ask, question: tuple[str, str]) -> None:
    with duckdb.connect(serve.full, read_only=True) as connection:
        rows = connection.execute(f"{QUESTIONS[question]} group by all").fetchall()

    found = {key[:10]: [float(value) for value in values] for key, *values in ask(*question)}

    assert found == {_text(key): [float(value) for value in values] for key, *values in rows} != {}


def _text(key: Any) -> str:
    return "" if key is None else str(key)[:10]
