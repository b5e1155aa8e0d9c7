"""The notebooks of readers/notebooks run without a browser, and their figures are right."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.readers.environments import (
    ROOT,
    clean_environment,
    environment_folder,
    program_command,
)
from tests.readers.published import Serve

NOTEBOOKS = sorted(
    path for path in (ROOT / "readers" / "notebooks").glob("*.py") if path.stem != "release"
)
SPENT = """
    select currency_code, strftime(date, '%Y-%m'), sum(amount)
    from main.transactions as wholes
    where
        status = 'POSTED'
        and transaction_type = 'DEBIT'
        and not exists (
            select 1 from main.transactions as parts where parts.parent_guid = wholes.guid
        )
    group by all
"""
WORTH = """
    select currency_code, sum(if(account_type in ('CREDIT_CARD', 'LOAN', 'MORTGAGE',
        'LINE_OF_CREDIT', 'CHECKING_LINE_OF_CREDIT'), -balance, balance))
    from main.accounts
    where
        not coalesce(is_closed, false)
        and account_type in ('CASH', 'CHECKING', 'INVESTMENT', 'PREPAID', 'PROPERTY', 'SAVINGS',
            'CREDIT_CARD', 'LOAN', 'MORTGAGE', 'LINE_OF_CREDIT', 'CHECKING_LINE_OF_CREDIT')
    group by all
"""
CONNECTIONS = "select count(*) from main.members where not coalesce(is_manual, false)"


def run(command: list[str], serve: Serve) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(MX_DATA=str(serve.data)),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def figures(name: str, serve: Serve) -> list[dict[str, Any]]:
    [path] = [path for path in NOTEBOOKS if path.stem == name]
    found: list[dict[str, Any]] = json.loads(
        run(program_command("notebook", path, environment="notebook"), serve)
    )
    assert found
    return found


def answer(sql: str, serve: Serve) -> dict[Any, Any]:
    """Ask the project's own DuckDB for sums, by what they are of."""
    with duckdb.connect(serve.full, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return {row[:-1]: float(row[-1]) for row in connection.execute(sql).fetchall()}


def added(rows: list[dict[str, Any]], value: str, *keys: str) -> dict[Any, float]:
    sums: dict[Any, float] = {}
    for row in rows:
        key = tuple(row[each][:7] if each == "month" else row[each] for each in keys)
        sums[key] = sums.get(key, 0) + row[value]
    return sums


def test_spending_is_what_went_out_of_main(serve: Serve) -> None:
    found = added(figures("spending", serve), "spent", "currency_code", "month")

    assert found == pytest.approx(answer(SPENT, serve))


def test_the_latest_net_worth_is_that_of_the_accounts_in_main(serve: Serve) -> None:
    rows = figures("net_worth", serve)
    latest = max(row["month"] for row in rows)
    last = [row for row in rows if row["month"] == latest and row["measure"] == "net worth"]

    assert added(last, "amount", "currency_code") == pytest.approx(answer(WORTH, serve))


def test_every_connection_that_is_aggregated_is_counted(serve: Serve) -> None:
    found = added(figures("connections", serve), "connections")

    assert found == answer(CONNECTIONS, serve)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_becomes_a_page_with_a_chart(serve: Serve, path: Path, tmp_path: Path) -> None:
    page, copied = tmp_path / "page.html", tmp_path / "notebooks"
    shutil.copytree(path.parent, copied)  # marimo writes beside a notebook
    marimo = environment_folder("notebook") / "bin" / "marimo"

    run([str(marimo), "export", "html", str(copied / path.name), "-o", str(page)], serve)

    assert "vnd.vegalite" in page.read_text()
