"""`ingest keys` makes, lists and exports a key pair that opens deliveries."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.commands.conftest import Cli
from tests.support.receiver import Receiver


def test_a_key_pair_is_made_listed_exported_and_used(cli: Cli, receiver_key: Receiver) -> None:
    settings = {"MX_GNUPGHOME": str(receiver_key.home / "k")}

    made = cli("keys", "new", "--name", "Bank", "--email", "data@localhost", **settings)
    listed = json.loads(cli("keys", "list", "--json", **settings).stdout)
    exported = cli("keys", "export", **settings)
    sent = cli("sample", "--to", "out", "--days", "1", "--users", "2", "--json", **settings)
    ran = cli("run", **settings, MX_SOURCE="out")

    fingerprint = made.stdout.strip()
    assert [key["fingerprint"] for key in listed] == [fingerprint]
    assert listed[0]["user_id"] == "Bank <data@localhost>"
    assert exported.stdout.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert json.loads(sent.stdout)["files"] == 66
    assert (ran.returncode, ran.stdout.splitlines()[1]) == (0, "now: 66 landed")
    subprocess.run(["gpgconf", "--homedir", settings["MX_GNUPGHOME"], "--kill", "all"], check=True)


@pytest.mark.parametrize("command", ["list", "export"])
def test_keys_that_are_not_there_say_how_to_make_them(
    cli: Cli, tmp_path: Path, command: str
) -> None:
    done = cli("keys", command, MX_GNUPGHOME=str(tmp_path / "none"))

    assert (done.returncode, "ingest keys new" in done.stderr) == (2, True)
