"""`ingest erase` asks, acts everywhere, and says what it has done."""

import hashlib
import json
from pathlib import Path

import pytest
from obstore.store import S3Store

from ingest.openpgp.keyring import Keyring
from ingest.store.ledger import read_records
from tests.commands.conftest import Cli
from tests.erasure.conftest import OTHERS_USER, PERSON, PERSONS_USER, USERS, send, send_all, traces
from tests.support.object_storage import ObjectStorage
from tests.support.sender import CLIENT, Sender

Settings = dict[str, str]


@pytest.fixture(autouse=True)
def delivered(sender: Sender) -> None:
    send_all(sender)


def test_it_shows_what_would_go_and_changes_nothing(
    cli: Cli, settings: Settings, data: Path, keyring: Keyring
) -> None:
    cli("run", **settings)
    before = traces(data, keyring)

    shown = cli("erase", PERSON, "--dry-run", **settings)
    facts = json.loads(cli("erase", PERSON, "--dry-run", "--json", **settings).stdout)

    assert (shown.returncode, traces(data, keyring)) == (0, before)
    assert shown.stdout.splitlines()[-1] == f"would erase 5 rows from 5 files of {CLIENT}"
    assert facts["resources"]["transactions"] == {"files": 2, "rows": 2}


def test_it_erases_and_says_who_asked(
    cli: Cli, settings: Settings, data: Path, keyring: Keyring
) -> None:
    cli("run", **settings)

    done = cli("erase", PERSON, "--by", "a request of 2026-01-05", "--json", **settings)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 5
    assert traces(data, keyring) == {}
    records = [each for each in read_records(data / "ledger") if each["what"] == "erasure"]
    assert [each["state"] for each in records] == ["begun", "keys", "ended"]
    assert records[0]["requested_by"] == "a request of 2026-01-05"
    assert cli("erase", "--resume", **settings).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "expected USER or --resume, found neither"),
        ([PERSON, "--resume"], "expected USER or --resume, found both"),
        (["--resume", "--dry-run"], "--resume: expected without --dry-run and --client"),
    ],
)
def test_what_is_asked_for_must_be_clear(
    cli: Cli, settings: Settings, arguments: list[str], told: str
) -> None:
    done = cli("erase", *arguments, **settings)

    assert (done.returncode, told in done.stderr) == (2, True)


def test_a_user_of_several_clients_needs_one(
    cli: Cli, settings: Settings, sender: Sender, data: Path, keyring: Keyring
) -> None:
    """A GUID is a key within its client."""
    sender.client, sender.rows = CLIENT.replace("1", "2"), []
    send(sender, USERS, PERSONS_USER)
    sender.send_manifest()
    cli("run", **settings)

    unclear = cli("erase", PERSON, **settings)
    done = cli("erase", PERSON, "--client", sender.client, **settings)

    assert (unclear.returncode, "found 2 clients that have it" in unclear.stderr) == (1, True)
    assert [line.split()[0] for line in done.stdout.splitlines()[:2]] == ["resource", "users"]
    left = traces(data, keyring)
    assert left
    assert not any(sender.client in path for path in left)


def test_a_later_file_lands_without_the_user_or_is_refused(
    cli: Cli, settings: Settings, sender: Sender, data: Path, keyring: Keyring
) -> None:
    cli("run", **settings)
    cli("erase", PERSON, **settings)
    sender.day, sender.rows = "2026-01-03", []
    path = send(sender, USERS, PERSONS_USER, OTHERS_USER, event="updated")
    sender.send_manifest()

    refused = cli("run", **settings | {"MX_ERASED": "refuse"})
    reason = cli("status", "--day", "2026-01-03", **settings)
    landed = cli("release", path.name, **settings | {"MX_ERASED": "filter"})

    assert refused.returncode == 3
    assert "erased: expected no row of an erased user, found 1 of them" in refused.stderr
    assert "set MX_ERASED=filter to land it" in reason.stdout
    assert (landed.returncode, "found 1 rows of erased users" in landed.stderr) == (0, True)
    assert traces(data, keyring) == {}


def test_a_key_that_is_lost_stops_a_run_before_the_user_comes_back(
    cli: Cli, settings: Settings, sender: Sender, data: Path
) -> None:
    cli("run", **settings)
    cli("erase", PERSON, **settings)
    (data / "erased.key").unlink()

    done = cli("run", **settings)

    assert (done.returncode, "erased.key: expected the key" in done.stderr) == (2, True)


def test_an_open_erasure_is_shown_until_it_is_resumed(
    cli: Cli, settings: Settings, sender: Sender, data: Path
) -> None:
    cli("run", **settings)
    failing = settings | {"MX_MIRROR": "s3://nowhere/x", "MX_MIRROR_ENDPOINT": "http://127.0.0.1:9"}
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}

    failed = cli("erase", PERSON, **failing | keys)
    status = cli("status", "--as-of", "2026-01-02", **settings)
    run = cli("run", **settings)
    resumed = cli("erase", "--resume", **settings)
    after = cli("status", "--as-of", "2026-01-02", **settings)

    assert failed.returncode == 1
    assert (status.returncode, "ingest erase --resume" in status.stdout) == (3, True)
    assert run.returncode == 0
    assert (resumed.returncode, after.returncode) == (0, 0), resumed.stderr + after.stdout


def test_a_mirror_keeps_nothing_of_the_user(
    cli: Cli,
    settings: Settings,
    storage: ObjectStorage,
    sender: Sender,
    tmp_path: Path,
    keyring: Keyring,
) -> None:
    prefix = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    mirrored = settings | storage.settings | {"MX_MIRROR": f"s3://{storage.bucket}/{prefix}"}
    cli("run", **mirrored)
    send(sender, USERS, PERSONS_USER)  # restated: the first bytes stay beside the new ones
    sender.send_manifest()
    cli("run", **mirrored)
    assert traces(download(storage, prefix, tmp_path / "before"), keyring)

    done = cli("erase", PERSON, **mirrored)
    verified = cli("mirror", "--verify", **mirrored)
    restored = cli(
        "mirror", "--restore", "--keep-owner", **mirrored | {"MX_DATA": str(tmp_path / "again")}
    )

    assert done.returncode == 0, done.stderr
    assert "has everything" in done.stdout
    assert verified.returncode == 0, verified.stdout
    assert traces(download(storage, prefix, tmp_path / "after"), keyring) == {}
    assert restored.returncode == 0, restored.stdout
    assert traces(tmp_path / "again", keyring) == {}


def download(storage: ObjectStorage, prefix: str, folder: Path) -> Path:
    """Fetch every object below a prefix."""
    store: S3Store = storage._open(storage.bucket)
    for page in store.list(prefix):
        for each in page:
            path = folder / each["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(store.get(each["path"]).bytes()))
    return folder
