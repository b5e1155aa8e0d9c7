"""`ingest dbt` is dbt with the settings; a malformed one stops it."""

import json
from pathlib import Path

from tests.commands.conftest import Cli


def test_a_malformed_setting_is_one_line_and_2(cli: Cli, tmp_path: Path) -> None:
    version = cli("dbt", "--version", MX_DATA=str(tmp_path))
    malformed = cli("dbt", "--version", MX_BUILD_MEMORY="much")

    assert (version.returncode, "duckdb" in version.stdout) == (0, True)
    [line] = malformed.stderr.splitlines()
    assert (malformed.returncode, "MX_BUILD_MEMORY: expected" in line) == (2, True)


def test_options_and_the_exit_code_are_those_of_dbt(cli: Cli, tmp_path: Path) -> None:
    help_ = cli("dbt", "build", "--help", MX_DATA=str(tmp_path))
    wrong = cli("dbt", "build", "-x", "--no-such-option", MX_DATA=str(tmp_path))

    assert (help_.returncode, "--full-refresh" in help_.stdout) == (0, True)
    assert (wrong.returncode, "No such option" in wrong.stderr) == (2, True)


def test_with_json_each_line_is_one_object(cli: Cli, tmp_path: Path) -> None:
    done = cli("dbt", "ls", "--select", "users", "--json", MX_DATA=str(tmp_path))

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert "mx.current.users" in {line["info"]["msg"] for line in lines}
    assert (tmp_path / "dbt" / "target" / "manifest.json").exists()
