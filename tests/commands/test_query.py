"""`ingest query`: an answer, or DuckDB's own hint about the query."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "serve").mkdir()
    with duckdb.connect(str(tmp_path / "serve" / "warehouse.duckdb")) as warehouse:
        warehouse.execute("create table users as select 'U1' as guid")
    return tmp_path


def query(data: Path, *args: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "ingest", "query", *args],
        env=os.environ | {"MX_DATA": str(data)},
        cwd=data,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_answer_is_shown(data: Path) -> None:
    done = query(data, "from users")

    assert (done.returncode, "U1" in done.stdout) == (0, True)


def test_json_holds_all_rows_by_their_names(data: Path) -> None:
    sql = "-- a day\nselect guid, date '2026-01-02' as day, 1.5 as amount from users, range(300)"

    done = query(data, sql, "--json")

    rows = json.loads(done.stdout)
    assert (done.returncode, len(rows)) == (0, 300)
    assert rows[0] == {"guid": "U1", "day": "2026-01-02", "amount": "1.5"}


@pytest.mark.parametrize(
    ("sql", "hints"),
    [
        ("from userss", ["Table with name userss does not exist", 'Did you mean "users"?']),
        ("select guidd from users", ['Candidate bindings: "guid"']),
        ("selec 1", ['syntax error at or near "selec"', "LINE 1: selec 1", "^"]),
        ("select cast(guid as int) from users", ["Could not convert string 'U1'"]),
        ("drop table users", ["read-only"]),
    ],
)
def test_a_mistake_shows_the_hint_and_does_not_blame_the_file(
    data: Path, sql: str, hints: list[str]
) -> None:
    done = query(data, sql)

    assert done.returncode == 1
    assert [hint for hint in hints if hint not in done.stderr] == []
    assert "Traceback" not in done.stderr
    assert "expected to read it" not in done.stderr
