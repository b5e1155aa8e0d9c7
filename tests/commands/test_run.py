"""`ingest run` ends with 0, or with 3 when something is incomplete."""

import json
import subprocess
import sys
from pathlib import Path

from tests.commands.conftest import Cli
from tests.support.sender import Sender


def test_a_run_that_lands_all_ends_with_0(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a")
    sender.send_manifest()

    done = cli("run", **settings)

    assert done.returncode == 0
    assert done.stderr.endswith("landed 1 of 1 files, 1 rows\n")
    assert done.stdout.splitlines()[-1] == "everything listed has landed"


def test_a_run_that_leaves_something_ends_with_3_and_says_so_last(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()

    done = cli("run", **settings)

    assert done.returncode == 3
    assert done.stdout.splitlines()[-1].startswith("incomplete: 1 files or manifests")
    assert "quarantined" in done.stderr


def test_a_program_gets_the_summary_in_json(
    cli: Cli, sender: Sender, settings: dict[str, str]
) -> None:
    sender.send_users("a")
    sender.send_manifest()

    assert json.loads(cli("run", "--json", **settings).stdout)["rows_landed"] == 1


def test_a_run_on_a_folder_loads_nothing_that_it_does_not_need(
    sender: Sender, settings: dict[str, str], tmp_path: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    listed = tmp_path / "loaded"
    program = (
        "import sys, atexit, pathlib; sys.argv = ['ingest', 'run'];"
        f"atexit.register(lambda: pathlib.Path({str(listed)!r}).write_text(' '.join(sys.modules)));"
        "from ingest.__main__ import main; main()"
    )

    subprocess.run([sys.executable, "-c", program], env=settings, cwd=tmp_path, check=True)

    slow = {"apprise", "dbt", "duckdb", "jinja2", "matplotlib", "paramiko", "polars", "pyarrow"}
    loaded = set(listed.read_text().split())
    assert "ingest.landing.check_file" in loaded
    assert loaded & slow == set()
