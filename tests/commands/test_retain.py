"""`ingest retain` shows what would go, removes it, and says so."""

import json
from pathlib import Path

import pytest

from ingest.openpgp.keyring import Keyring
from ingest.store.ledger import read_records
from tests.commands.conftest import Cli
from tests.erasure.conftest import USERS, send, traces
from tests.support.sender import Sender

Settings = dict[str, str]


@pytest.fixture(autouse=True)
def delivered(sender: Sender) -> None:
    for sender.day, name in (("2026-01-02", "Before"), ("2026-01-03", "After")):
        sender.rows = []
        send(sender, USERS, {"guid": "USR-1", "first_name": name}, event="updated")
        sender.send_manifest()


def test_it_removes_old_events_that_newer_ones_replace(
    cli: Cli, settings: Settings, data: Path, keyring: Keyring
) -> None:
    cli("run", **settings)

    shown = cli("retain", "--older-than", "30d", "--dry-run", **settings)
    kept = traces(data, keyring, [b"Before"])
    done = cli("retain", "--older-than", "30d", "--by", "a policy", "--json", **settings)

    assert shown.stdout.splitlines()[-1] == "would erase 1 rows from 1 files of all clients"
    assert kept
    assert (done.returncode, json.loads(done.stdout)["rows"]) == (0, 1), done.stderr
    assert traces(data, keyring, [b"Before"]) == {}
    assert traces(data, keyring, [b"After"])
    [record] = [each for each in read_records(data / "ledger") if each["what"] == "erasure"]
    assert (record["state"], record["requested_by"]) == ("retained", "a policy")
    assert cli("run", **settings).returncode == 0


@pytest.mark.parametrize("age", ["3", "29d", "three years"])
def test_an_age_that_is_no_limit_is_refused(cli: Cli, settings: Settings, age: str) -> None:
    done = cli("retain", "--older-than", age, **settings)

    assert (done.returncode, "--older-than: expected" in done.stderr) == (2, True)
