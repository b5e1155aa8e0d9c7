"""A failed run is in the ledger with its line; status and report tell it until one ends well."""

import json
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.status.runs import without_accounts
from ingest.store.ledger import read_records
from ingest.store.lock import run_lock
from tests.support.ledger import read_state
from tests.support.receiver import PASSPHRASE
from tests.support.sender import CLIENT, DAY, Sender

Done = subprocess.CompletedProcess[str]
Call = Callable[..., Done]
SECRET = "s3cret-of-the-tests"


@pytest.fixture
def call(tmp_path: Path, settings: dict[str, str]) -> Call:
    """Run `ingest` with settings that work, but for those that are changed."""

    def call_once(*args: str, limit_bytes: int = -1, **changed: str) -> Done:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

        return subprocess.run(
            [sys.executable, "-m", "ingest", *args],
            env={**settings, "HOME": str(tmp_path), **changed},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=limit if limit_bytes >= 0 else None,
        )

    return call_once


@pytest.fixture
def landed(sender: Sender, call: Call) -> Sender:
    sender.send_users("a")
    sender.send_manifest()
    assert call("run").returncode == 0
    return sender


def forget_passphrase(settings: dict[str, str]) -> None:
    command = ["gpgconf", "--homedir", settings["MX_GNUPGHOME"], "--kill", "gpg-agent"]
    subprocess.run(command, check=True)


def run_records(data: Path) -> list[dict[str, Any]]:
    return [record for record in read_records(data / "ledger") if record["what"] == "run"]


def message(done: Done) -> str:
    """Read the one line that a command has ended with."""
    return done.stderr.splitlines()[-1].removeprefix("ingest: ")


FAULTS: dict[str, tuple[dict[str, str], int]] = {
    "no such folder": ({"MX_SOURCE": "/nowhere"}, 1),
    "no source": ({"MX_SOURCE": ""}, 2),
    "no such scheme": ({"MX_SOURCE": "ftp://host/"}, 2),
    "no number": ({"MX_SETTLE_HOURS": "six"}, 2),
    "no key folder": ({"MX_GNUPGHOME": "/nowhere"}, 2),
    "wrong passphrase": ({"MX_GPG_PASSPHRASE": SECRET}, 2),
    "no password file": ({"MX_SFTP_PASSWORD_FILE": "/nowhere"}, 2),
    "no known hosts": ({"MX_SOURCE": "sftp://mx@127.0.0.1:1/", "MX_SFTP_PASSWORD": SECRET}, 0),
    "a key in a list": ({"MX_SOURCE": "https://127.0.0.1:1/CLT-1", "MX_API_KEY": SECRET}, 0),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_run_is_recorded_and_told_until_one_ends_well(
    landed: Sender, call: Call, data: Path, settings: dict[str, str], fault: str
) -> None:
    changed, code = FAULTS[fault]
    landed.send_users("b", event="updated")
    forget_passphrase(settings)

    landed.send_manifest()
    failed = call("run", **changed)
    told = call("status", "--as-of", "2026-01-03")
    report = json.loads(call("report", "--json", "--as-of", "2026-01-03").stdout)

    assert failed.returncode in ({code} if code else {1, 2})
    assert run_records(data)[-1]["failures"] == [without_accounts(message(failed))]
    assert (told.returncode, message(failed) in told.stdout) == (3, "sftp:" not in message(failed))
    assert "the last run failed, the last 0 minutes ago" in told.stdout
    assert told.stdout.splitlines()[-1].endswith("the last run failed; see: ingest report")
    assert report["failing"]["line"] == run_records(data)[-1]["failures"][-1]
    assert call("run").returncode == 0
    assert read_state(data / "ledger").failing is None
    ledger = "".join(path.read_text() for path in (data / "ledger").glob("*.jsonl"))
    assert not {SECRET, PASSPHRASE} & {word for word in (SECRET, PASSPHRASE) if word in ledger}


def test_runs_that_fail_one_after_the_other_are_counted_from_the_first(
    landed: Sender, call: Call, data: Path
) -> None:
    for _ in range(3):
        call("run", MX_SOURCE="/nowhere")

    failing = read_state(data / "ledger").failing
    told = call("status", "--as-of", "2026-01-03").stdout

    assert failing is not None
    assert (failing.count, failing.since < failing.at) == (3, True)
    assert f"the last 3 runs failed, since {failing.since:%Y-%m-%d %H:%M} UTC" in told


def test_a_first_run_that_fails_is_not_called_whole(call: Call, data: Path) -> None:
    data.mkdir()

    failed = call("run", MX_SOURCE="/nowhere")
    told, written = call("status"), call("report")

    assert (failed.returncode, told.returncode) == (1, 3)
    assert "nothing has come yet" in told.stdout
    assert message(failed) in told.stdout
    page = Path(written.stdout.strip()).read_text()
    assert "The last run failed" in page
    assert "All complete" not in page


def test_a_page_is_not_green_after_a_failed_run(landed: Sender, call: Call, data: Path) -> None:
    call("run", MX_SOURCE="/nowhere")

    page = Path(call("report", "--as-of", "2026-01-03").stdout.strip()).read_text()

    assert "Everything due so far has arrived complete" not in page
    assert "source /nowhere: expected a folder to list" in page
    assert page.count("× 1 failed: source /nowhere") == 1


def test_a_disk_that_is_full_is_recorded(
    sender: Sender, call: Call, data: Path, settings: dict[str, str]
) -> None:
    sender.send_users(*(secrets.token_hex(16) for _ in range(20_000)))
    sender.send_manifest()

    failed = call("run", limit_bytes=200_000)

    assert failed.returncode == 1
    [recorded] = run_records(data)[-1]["failures"]
    assert message(failed).removeprefix("MX_DATA: ") == recorded
    assert "File too large" in recorded
    assert call("run").returncode == 0


def test_an_interrupted_run_is_recorded(
    tmp_path: Path, data: Path, settings: dict[str, str], call: Call
) -> None:
    data.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        changed = {"MX_SOURCE": f"https://127.0.0.1:{port}/CLT-1", "MX_API_KEY": "k"}
        command = [sys.executable, "-m", "ingest", "run"]
        run = subprocess.Popen(command, env=settings | changed, cwd=tmp_path)
        with run, server.accept()[0]:
            time.sleep(0.5)
            run.send_signal(signal.SIGINT)
            run.wait()

    assert run.returncode != 0
    [record] = run_records(data)
    assert record["failures"] == [
        "expected to end, found an interruption; the same command goes on from here"
    ]


def test_what_a_run_did_before_it_failed_is_with_it(landed: Sender, call: Call, data: Path) -> None:
    """The archive is landed although the source cannot be listed."""
    state = read_state(data / "ledger")
    call("release", "--set-aside", f"{CLIENT}.{DAY}.users.created")

    call("run", MX_SOURCE="/nowhere")

    record = run_records(data)[-1]
    assert (record["command"], record["files_landed"]) == ("run", 0)
    assert record["seconds"] > 0
    assert state.failing is None


def test_another_run_at_work_is_no_failure_of_a_run(landed: Sender, call: Call, data: Path) -> None:
    before = len(run_records(data))

    with run_lock(data, run_id="other"):
        assert call("run").returncode == 1
        assert call("run", MX_SOURCE="ftp://x/").returncode == 2

    assert len(run_records(data)) == before


def test_a_name_that_nobody_knows_is_no_failed_run(landed: Sender, call: Call, data: Path) -> None:
    before = len(run_records(data))

    assert call("release", "nobody").returncode == 1
    assert call("release", "--give-up", "nobody").returncode == 1

    assert len(run_records(data)) == before


def test_what_someone_types_and_sees_fail_is_recorded_and_no_alarm(
    landed: Sender, call: Call, data: Path, settings: dict[str, str]
) -> None:
    call("release", "--set-aside", f"{CLIENT}.{DAY}.users.created")
    forget_passphrase(settings)

    failed = call("release", f"{CLIENT}.{DAY}.users.created", MX_GPG_PASSPHRASE="wrong")

    assert failed.returncode == 2
    assert (run_records(data)[-1]["command"], len(run_records(data)[-1]["failures"])) == (
        "release",
        1,
    )
    assert read_state(data / "ledger").failing is None


def test_a_release_does_not_make_a_source_well_that_cannot_be_reached(
    landed: Sender, call: Call, data: Path
) -> None:
    call("run", MX_SOURCE="/nowhere")

    assert call("release", "--give-up", DAY).returncode == 0

    assert read_state(data / "ledger").failing is not None


def test_a_damaged_ledger_says_so_itself(landed: Sender, call: Call, data: Path) -> None:
    [ledger] = (data / "ledger").glob("*.jsonl")
    ledger.write_bytes(b"?\n" + ledger.read_bytes())
    before = ledger.read_bytes()

    failed = [call("run"), call("status"), call("report")]
    unset = call("run", MX_SOURCE="ftp://x/")

    assert [done.returncode for done in failed] == [1, 1, 1]
    assert {message(done).partition("; ")[0] for done in failed} == {
        f"ledger {ledger}, line 1: expected a JSON object, found none"
    }
    assert unset.returncode == 2
    assert "this failure is not in the ledger: ledger " in unset.stderr
    assert ledger.read_bytes() == before


def test_without_a_data_folder_none_is_made_to_tell_of_a_failure(call: Call, data: Path) -> None:
    assert call("run", MX_SOURCE="ftp://x/").returncode == 2
    assert not data.exists()


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("source sftp://mx:pw@host:22/up: expected", "source sftp://host:22/up: expected"),
        ("https://h/list?sig=abc&x=1: expected it", "https://h/list expected it"),
        (
            "proxy http://u:p@p:1; next https://k@h/?t=1, and",
            "proxy http://p:1; next https://h/, and",
        ),
        ("is it? yes", "is it? yes"),
    ],
)
def test_no_account_and_no_query_is_recorded(line: str, kept: str) -> None:
    assert without_accounts(line) == kept
