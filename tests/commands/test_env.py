"""`ingest env` prints shell commands that hold paths and no settings."""

import json
import subprocess
import sys
from pathlib import Path

from ingest.commands.env import BIN
from ingest.warehouse.dbt import PROJECT
from tests.commands.conftest import Cli


def test_a_shell_takes_the_commands_and_learns_no_setting(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ingest", "env"]
    environment = {"MX_API_KEY": "s3cret", "PATH": "/usr/bin:/bin"}
    printed = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    shell = ["sh", "-c", f'{printed}\numask; echo "$MX_ENV_FILE"; command -v dbt']
    done = subprocess.run(
        shell, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )

    umask, env_file, dbt = done.stdout.splitlines()
    assert umask == "0077"
    assert env_file == str(tmp_path / ".env")
    assert dbt == str(BIN / "dbt")
    assert "s3cret" not in printed


def test_a_program_gets_the_same_as_json(cli: Cli) -> None:
    done = json.loads(cli("env", "--json").stdout)

    assert done["PATH"].split(":")[:2] == [str(BIN), str(Path(sys.executable).parent)]
    assert done["DBT_PROJECT_DIR"] == done["DBT_PROFILES_DIR"] == str(PROJECT)
