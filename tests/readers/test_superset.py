"""Superset, connected as docs/readers.md says: numbers, a chart, new releases, refusals."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from tests.readers.browser import Browser, browser
from tests.readers.published import Serve
from tests.readers.superset import ADMIN, RefusedError, Superset

SPENT = "select category_name, sum(amount), count(*), max(revision) from transactions group by all"
METRICS = {"spent": "sum(amount)", "purchases": "count(*)", "release": "max(revision)"}
SLOW_S = 12
SLOW = """
    select max(release) as release, count_if(mod(hash(number), 7) = 0) as counted
    from ops.release cross join range({rows}) as numbers(number)
"""
SOME_ROWS = 200_000_000


@pytest.fixture(scope="module")
def chart(bi: Superset, database: int) -> int:
    dataset = bi.add_dataset("transactions", database=database)
    shown = {
        "viz_type": "table",
        "datasource": f"{dataset}__table",
        "query_mode": "aggregate",
        "groupby": ["category_name"],
        "metrics": [
            {"expressionType": "SQL", "sqlExpression": sql, "label": label}
            for label, sql in METRICS.items()
        ],
        "column_config": {label: {"d3NumberFormat": ".2f"} for label in METRICS},
        "row_limit": 1000,
    }
    body = {
        "slice_name": "What was spent",
        "viz_type": "table",
        "datasource_id": dataset,
        "datasource_type": "table",
        "params": json.dumps(shown),
    }
    return int(bi.call("chart/", body)["id"])


@pytest.fixture(scope="module")
def page(bi: Superset, chart: int) -> Iterator[Browser]:
    url = f"{bi.url}/explore/?slice_id={chart}&standalone=1"
    with browser(bi.url, page=url, user=ADMIN, password=bi.password) as opened:
        yield opened


def spent(serve: Serve) -> list[list[str]]:
    """Say what the project's own DuckDB answers, as the chart formats it."""
    with duckdb.connect(serve.full, read_only=True) as connection:
        rows = connection.execute(SPENT).fetchall()
    return sorted([str(name), *(f"{value:.2f}" for value in values)] for name, *values in rows)


def test_a_chart_shows_what_duckdb_answers_and_then_the_next_release(
    serve: Serve, page: Browser
) -> None:
    before = sorted(page.read_table())
    expected = spent(serve)
    serve.publish()

    assert before == expected
    assert sorted(page.read_table()) == spent(serve) != expected


def test_a_new_release_is_seen_while_a_slow_query_of_the_old_one_runs(
    bi: Superset, database: int, serve: Serve
) -> None:
    once, often = (seconds_of(bi, rows, database=database) for rows in (1, SOME_ROWS))
    slow_sql = SLOW.format(rows=int(SOME_ROWS * SLOW_S / (often - once)))
    new, old = serve.publish(), serve.roll_back()

    with ThreadPoolExecutor() as pool:
        slow = pool.submit(bi.query, slow_sql, database=database)
        time.sleep(1)
        serve.return_to_newest()
        quick = [bi.query("select release from ops.release", database=database) for _ in range(6)]
        is_still_running = not slow.done()

    assert quick == [[{"release": new}]] * 6
    assert is_still_running
    assert slow.result()[0]["release"] == old


def seconds_of(bi: Superset, rows: int, *, database: int) -> float:
    began = time.monotonic()
    bi.query(SLOW.format(rows=rows), database=database)
    return time.monotonic() - began


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv_auto('/etc/passwd')",
        "select content from read_text('{folder}/warehouse.duckdb')",
        "select file from glob('/etc/*')",
        "attach '{folder}/warehouse.duckdb' as other",
        "copy (select 1) to '{folder}/written'",
        "set enable_external_access = true",
        "load httpfs",
    ],
)
def test_files_and_settings_are_refused(
    bi: Superset, database: int, serve: Serve, sql: str
) -> None:
    refused = "disabled (by|through) configuration|configuration has been locked"

    with pytest.raises(RefusedError, match=refused):
        bi.query(sql.format(folder=serve.data), database=database)

    assert not (serve.data / "written").exists()


def test_nothing_can_be_written(bi: Superset, database: int) -> None:
    with pytest.raises(RefusedError, match="does not allow for DDL/DML"):
        bi.query("delete from main.users", database=database)
