"""`ingest freshness` ends as dbt does; `tests/dbt_project/test_freshness.py` has its rules."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from tests.commands.conftest import Cli
from tests.dbt_project.landing import Landing
from tests.support.built import just_build, land
from tests.support.sender import Sender


def test_an_old_day_is_one_line_and_1(cli: Cli, tmp_path: Path) -> None:
    """No day is complete without a manifest, so none is recent."""
    data = tmp_path / "data"
    land(Landing(data), "users.created", "U1")
    assert just_build(data, "--quiet").returncode == 0
    shutil.rmtree(data / "dbt")

    plain = cli("freshness", MX_DATA=str(data))
    as_json = cli("freshness", "--select", "source:mx.complete_days", "--json", MX_DATA=str(data))

    events = [json.loads(line)["info"]["name"] for line in as_json.stdout.splitlines()]
    assert (plain.returncode, as_json.returncode) == (1, 1), plain.stdout + plain.stderr
    assert "mx.complete_days" in plain.stdout
    assert "LogFreshnessResult" in events
    assert (data / "dbt" / "target" / "sources.json").exists()


def test_dbt_is_silent_of_a_recent_day_and_the_command_says_its_age(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.day = str(datetime.now(tz=UTC).date() - timedelta(days=1))
    sender.send_users("a")
    sender.send_manifest()
    cli("run", **settings)
    cli("build", "--quiet", **settings)
    fresh = cli("freshness", **settings)
    with duckdb.connect(Path(settings["MX_DATA"], "warehouse.duckdb")) as warehouse:
        warehouse.execute("update ops.deliveries set is_complete = false")
    incomplete = cli("freshness", **settings)

    assert (fresh.returncode, fresh.stderr) == (0, "")
    assert fresh.stdout.startswith("pass: the latest complete day ended ")
    assert incomplete.returncode == 1
    assert incomplete.stdout.splitlines()[-1] == "error: a client has no complete day yet"


def test_without_a_warehouse_one_line_says_so_and_none_is_made(cli: Cli, tmp_path: Path) -> None:
    done = cli("freshness", MX_DATA=str(tmp_path))

    [line] = done.stderr.splitlines()
    assert (done.returncode, "expected a warehouse, found none" in line) == (1, True)
    assert not (tmp_path / "warehouse.duckdb").exists()
