"""A source in which nothing of MX is, and never was: most likely another one is meant."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.openpgp.keyring import Keyring
from sample.serve.reporting_api import serve_reporting_api
from sample.serve.sftp_server import serve_sftp
from tests.support.sender import CLIENT, Sender

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(params=["folder", "sftp"])
def source(
    request: pytest.FixtureRequest, sender: Sender, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """The settings of a source, as a run finds them in its environment."""
    if request.param == "folder":
        yield {"MX_SOURCE": str(sender.folder)}
        return
    with serve_sftp(sender.folder, user="mx", password="p") as server:
        (tmp_path / "known_hosts").write_text(server.known_hosts_line)
        yield {
            "MX_SOURCE": f"sftp://mx@{server.host}:{server.port}/",
            "MX_SFTP_PASSWORD": "p",
            "MX_SFTP_KNOWN_HOSTS": str(tmp_path / "known_hosts"),
        }


@pytest.fixture
def run(settings: dict[str, str], tmp_path: Path) -> Run:
    def call(*options: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ingest", "run", *options],
            env=settings | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")} | more,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.mark.parametrize("others", [0, 3])
def test_an_empty_or_foreign_source_ends_with_3_until_the_first_delivery(
    sender: Sender, run: Run, source: dict[str, str], others: int
) -> None:
    for number in range(others):
        (sender.folder / f"report-{number}.csv").write_text("not ours")

    first, again = run(**source), run(**source)

    said = f"no MX files in {source['MX_SOURCE']}, {others} other files ignored"
    assert first.stdout.splitlines()[-1].startswith(said)
    assert (first.returncode, again.returncode) == (3, 3)
    sender.send_users("a")
    sender.send_manifest()
    assert run(**source).returncode == 0
    for path in sender.folder.iterdir():
        path.unlink()
    after = run(**source)
    assert (after.returncode, after.stdout.splitlines()[-1]) == (0, "everything listed has landed")


def test_an_empty_source_may_be_expected(run: Run, source: dict[str, str]) -> None:
    done = run("--allow-empty", **source)

    assert done.returncode == 0
    assert "no MX files in" in done.stdout.splitlines()[-1]


def test_a_program_reads_it_in_json(sender: Sender, run: Run) -> None:
    (sender.folder / "README").write_text("not ours")

    done = run("--json")

    assert done.returncode == 3
    facts = json.loads(done.stdout)
    assert (facts["empty_source"], facts["ignored_files"]) == (True, 1)


def test_files_of_other_days_are_files_of_mx(sender: Sender, run: Run) -> None:
    sender.send_users("a")

    assert run("--since", "2026-01-10").returncode == 0


def test_a_list_of_nothing_ends_with_3(
    sender: Sender, run: Run, keyring: Keyring, tmp_path: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    with serve_reporting_api(sender.folder, keyring=keyring, api_key="k") as server:
        (tmp_path / "ca.pem").write_bytes(Path(str(server.ca)).read_bytes())
        api = {
            "MX_SOURCE": server.address_of(CLIENT),
            "MX_API_KEY": "k",
            "MX_HTTPS_CA": str(tmp_path / "ca.pem"),
        }
        done = run(**api)

    assert done.returncode == 3
    assert f"no MX files in {api['MX_SOURCE']}, 0 other files ignored" in done.stdout
