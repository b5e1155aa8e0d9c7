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


def test_tables_that_wait_for_a_build_need_that_and_no_rebuild(
    cli: Cli, sender: Sender, landed: dict[str, str]
) -> None:
    cli("build", "--quiet", **landed)
    sender.day = "2026-01-02"
    sender.send_users("b")
    sender.send_manifest()
    cli("run", **landed)

    waiting = cli("verify", **landed)
    cli("build", "--quiet", **landed)
    built = cli("verify", **landed)

    assert waiting.returncode == 1
    assert waiting.stdout.splitlines()[-1].startswith("1 landed files wait for a build")
    assert built.returncode == 0, built.stdout
