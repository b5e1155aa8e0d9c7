"""`ingest check` looks at what a run needs, a line each, and fetches and records nothing."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.openpgp.keyring import Keyring
from ingest.openpgp.receiver_key import make_receiver_key
from sample.serve.reporting_api import serve_reporting_api
from sample.serve.sftp_server import serve_sftp
from tests.commands.conftest import Cli, Finished
from tests.support.sender import CLIENT, Sender

TOO_LARGE = 10 << 40
"""Bytes of a sparse file: more than is free."""


def lines_of(done: Finished, subject: str) -> list[tuple[str, str]]:
    """Read the lines about a subject: the verdict, and what was found."""
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()[:-1]]
    return [(verdict, text) for verdict, name, text in lines if name == subject]


def tree(folder: Path) -> dict[Path, tuple[int, int]]:
    """Give all files and folders with size and time of their last change.

    The ledger's index is left out: whoever reads the ledger brings it up to date.
    """
    paths = (path for path in folder.rglob("*") if path.name != "index.sqlite")
    found = ((path, path.stat()) for path in paths)
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in found}


@pytest.fixture
def ready(sender: Sender, settings: dict[str, str]) -> dict[str, str]:
    """The settings of a receiver to whom one file and its manifest were delivered."""
    sender.day = str(datetime.now(tz=UTC).date() - timedelta(days=1))
    sender.send_users("a")
    sender.send_manifest()
    return settings


def test_before_the_first_run_it_says_what_that_would_fetch_and_makes_nothing(
    cli: Cli, ready: dict[str, str], tmp_path: Path
) -> None:
    before = tree(tmp_path)

    done = cli("check", **ready, MX_SERVE_MODE="0640")

    assert (done.returncode, done.stderr) == (0, "")
    assert ("ok", "MX_SERVE_MODE=0640 (the environment)") in lines_of(done, "settings")
    assert tree(tmp_path) == before
    assert lines_of(done, "settings")[0] == (
        "ok",
        f"MX_SOURCE={ready['MX_SOURCE']} (the environment)",
    )
    assert ("ok", "MX_GPG_PASSPHRASE=(secret) (the environment)") in lines_of(done, "settings")
    assert lines_of(done, "keys")[0][1].endswith("opens files, and never expires")
    [reached, there] = lines_of(done, "source")
    assert reached == ("ok", f"{ready['MX_SOURCE']}: the folder can be listed")
    assert there[1].startswith("2 files of MX are there; a run would fetch 2 files, 0.0 MB, days")
    assert lines_of(done, "runs") == [("-", "none yet: ingest run")]
    assert done.stdout.splitlines()[-1] == "everything is in order; fetch with: ingest run"


def test_after_a_run_nothing_is_to_be_fetched_and_nothing_is_recorded(
    cli: Cli, ready: dict[str, str], tmp_path: Path
) -> None:
    assert cli("run", **ready).returncode == 0
    before = tree(tmp_path)

    done = cli("check", **ready)

    assert tree(tmp_path) == before
    assert lines_of(done, "source")[1][1].endswith("would fetch nothing: all is in the archive")
    assert "room for" in lines_of(done, "disk")[0][1]
    assert lines_of(done, "runs")[0][1].startswith("the last one succeeded 0 minutes ago; 1 files")
    [(verdict, text)] = lines_of(done, "warehouse")
    assert (done.returncode, verdict, "just build" in text) == (3, "incomplete", True)


FAULTS = {
    "no source": ({"MX_SOURCE": ""}, 2, "settings", "MX_SOURCE: expected in the environment"),
    "misspelt": ({"MX_DATTA": "x"}, 2, "settings", "MX_DATTA: expected a setting, found none"),
    "no key": ({"MX_GNUPGHOME": "/proc"}, 2, "keys", "MX_GNUPGHOME: expected a private key"),
    "passphrase": ({"MX_GPG_PASSPHRASE": "x"}, 2, "keys", "MX_GPG_PASSPHRASE: expected the pass"),
    "no folder": ({"MX_SOURCE": "/nowhere"}, 1, "source", "source /nowhere: expected a folder"),
    "foreign": ({"MX_SOURCE": "/etc"}, 3, "source", "no MX files in /etc, "),
    "no room": ({"MX_DATA": "/proc/x"}, 3, "disk", "/proc/x: expected 1.0 GB free"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_a_line_and_a_code_and_the_rest_is_checked_all_the_same(
    cli: Cli, ready: dict[str, str], fault: str
) -> None:
    changed, code, subject, said = FAULTS[fault]

    done = cli("check", **ready | changed)

    [line] = [text for verdict, text in lines_of(done, subject) if verdict not in ("ok", "-")]
    assert (done.returncode, done.stderr, line[: len(said)]) == (code, "", said)
    assert done.stdout.splitlines()[-1] == "1 line tells a fault and its next step"
    assert fault == "no source" or lines_of(done, "units")


def test_a_program_reads_the_findings_in_json(cli: Cli, ready: dict[str, str]) -> None:
    done = cli("check", "--json", **ready | {"MX_SOURCE": "/nowhere"})

    facts = json.loads(done.stdout)
    [fault] = [each for each in facts["findings"] if each["verdict"] == "failed"]
    assert (done.returncode, facts["is_good"], fault["subject"]) == (1, False, "source")


def test_where_each_setting_comes_from_is_told(
    cli: Cli, ready: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MX_DATA=elsewhere\nMX_SETTLE_HOURS=8\nMX_API_KEY=s3cret\n")
    without_data = {name: value for name, value in ready.items() if name != "MX_DATA"}

    done = cli("check", **without_data | {"MX_SETTLE_HOURS": "7"})

    said = {text for _, text in lines_of(done, "settings")}
    assert {
        "MX_DATA=elsewhere (.env)",
        "MX_SETTLE_HOURS=7.0 (the environment)",
        "MX_API_KEY=(secret) (.env)",
    } < said
    assert "s3cret" not in done.stdout + done.stderr


@pytest.fixture(params=["sftp", "https"])
def served(
    request: pytest.FixtureRequest, ready: dict[str, str], sender: Sender, keyring: Keyring
) -> Iterator[dict[str, str]]:
    """The settings for a server that has the delivery."""
    hosts = sender.folder.parent / "known_hosts"
    if request.param == "sftp":
        with serve_sftp(sender.folder, user="mx", password="p") as server:
            hosts.write_text(server.known_hosts_line)
            address = f"sftp://mx@{server.host}:{server.port}/"
            known = {"MX_SFTP_PASSWORD": "p", "MX_SFTP_KNOWN_HOSTS": str(hosts)}
            yield ready | known | {"MX_SOURCE": address}
        return
    with serve_reporting_api(sender.folder, keyring=keyring, api_key="p") as api:
        address = api.address_of(CLIENT)
        yield ready | {"MX_SOURCE": address, "MX_API_KEY": "p", "MX_HTTPS_CA": str(api.ca)}


def test_a_server_is_reached_and_a_refused_login_is_told(cli: Cli, served: dict[str, str]) -> None:
    done = cli("check", **served)
    refused = cli("check", **served | {"MX_SFTP_PASSWORD": "wrong", "MX_API_KEY": "wrong"})

    (verdict, reached), (_, there) = lines_of(done, "source")
    assert (done.returncode, verdict) == (0, "ok"), done.stdout
    assert reached.endswith(("and the login worked", "and the API key is accepted"))
    assert "would fetch" in there
    [(verdict, said)] = lines_of(refused, "source")
    assert (refused.returncode, verdict) == (1, "failed")
    assert "refused" in said or "401" in said


def test_a_key_that_expires_soon_is_told(cli: Cli, ready: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "soon"
    make_receiver_key(home, user_name="A", email="a@localhost", expires="10d", passphrase=None)
    own = {name: value for name, value in ready.items() if name != "MX_GPG_PASSPHRASE"}

    done = cli("check", **own | {"MX_GNUPGHOME": str(home)})

    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)
    [(verdict, said)] = lines_of(done, "keys")
    expires = datetime.now(tz=UTC).date() + timedelta(days=10)
    assert (done.returncode, verdict, f"expires on {expires}" in said) == (3, "incomplete", True)
    made = ("ok", f"MX_GPG_PASSPHRASE_FILE={home / 'passphrase'} (made with the keys)")
    assert made in lines_of(done, "settings")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("warehouse.duckdb", "free for another release"),
        (f"archive/{CLIENT}/DAY/large", "expected room for 14 days, found"),
    ],
)
def test_a_disk_that_will_soon_be_full_is_told(
    cli: Cli, ready: dict[str, str], sender: Sender, data: Path, path: str, said: str
) -> None:
    cli("run", **ready)
    large = data / path.replace("DAY", sender.day)
    large.touch()
    os.truncate(large, TOO_LARGE)

    [(verdict, text)] = lines_of(cli("check", **ready), "disk")

    assert (verdict, said in text, "make room" in text) == ("incomplete", True, True)


def test_a_damaged_ledger_is_told_and_source_and_disk_are_checked_all_the_same(
    cli: Cli, ready: dict[str, str], data: Path
) -> None:
    cli("run", **ready)
    [ledger] = (data / "ledger").glob("*.jsonl")
    ledger.write_text(f"no record\n{ledger.read_text()}")

    done = cli("check", **ready)

    [(verdict, said)] = lines_of(done, "ledger")
    assert (done.returncode, verdict, "line 1: expected a JSON object" in said) == (
        1,
        "failed",
        True,
    )
    assert lines_of(done, "source")[1] == ("ok", "2 files of MX are there")
    assert lines_of(done, "disk")[0][0] == "ok"
