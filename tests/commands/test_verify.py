"""`ingest verify` checks stored files first, and compares no tables while one is damaged."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Cli
from tests.support.sender import Sender


@pytest.fixture
def landed(cli: Cli, sender: Sender, settings: dict[str, str]) -> dict[str, str]:
    sender.send_users("a")
    sender.send_manifest()
    cli("run", **settings)
    return settings


def test_a_repair_needs_the_keys(cli: Cli) -> None:
    done = cli("verify", "--repair")

    assert done.returncode == 2
    assert "MX_GNUPGHOME: expected in the environment" in done.stderr


def test_a_damaged_file_is_found_before_tables_are_compared_and_repaired(
    cli: Cli, landed: dict[str, str]
) -> None:
    [path] = Path(landed["MX_DATA"], "landing").rglob("*.parquet")
    path.write_bytes(path.read_bytes()[:-1])

    found = cli("verify", **landed)
    repaired = cli("verify", "--repair", "--json", **landed)

    assert (found.returncode, repaired.returncode) == (1, 0), repaired.stdout
    assert found.stdout.splitlines()[-1].startswith("the tables are not compared")
    assert json.loads(repaired.stdout)["files"]
