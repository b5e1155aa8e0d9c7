"""`ingest build` and its options; `tests/warehouse/build/test_dbt_build.py` has its builds."""

import json
from pathlib import Path

from tests.commands.conftest import Cli
from tests.dbt_project.landing import Landing
from tests.support.built import land


def test_a_damaged_ledger_is_one_line_and_nothing_is_built(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "2026-01.jsonl").write_text("no record\n")

    done = cli("build", "--no-publish", MX_DATA=str(tmp_path))

    [line] = done.stderr.splitlines()
    assert (done.returncode, "2026-01.jsonl, line 1" in line) == (1, True)
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_json_tells_the_outcome_and_the_release(cli: Cli, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    land(Landing(tmp_path / "data"), "users.created", "U1")

    failed = cli("build", "--json", "--select", "no_such_method:x", MX_DATA=data)
    built = cli("build", "--json", MX_DATA=data)
    unchanged = cli("build", "--no-publish", "--json", MX_DATA=data)

    outcomes = [json.loads(done.stdout)["outcome"] for done in (failed, built, unchanged)]
    assert outcomes == ["failed", "built", "unchanged"], failed.stderr
    assert [done.returncode for done in (failed, built, unchanged)] == [2, 0, 0]
    assert json.loads(built.stdout)["published"]["release"] == 1
    assert json.loads(unchanged.stdout)["published"] is None
    assert "no_such_method" in failed.stderr
