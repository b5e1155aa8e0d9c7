"""`ingest freshness` ends as dbt does; `tests/dbt_project/test_freshness.py` has its rules."""

import json
import shutil
from pathlib import Path

from tests.commands.conftest import Cli
from tests.dbt_project.landing import Landing
from tests.support.built import just_build, land


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
