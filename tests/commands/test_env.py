"""`just env` prints shell commands that hold paths and no settings."""

import subprocess
import sys
from pathlib import Path


def test_a_shell_takes_the_commands_and_learns_no_setting(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ingest.commands.env"]
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
    assert Path(dbt).parent.name == "bin"
    assert "s3cret" not in printed
