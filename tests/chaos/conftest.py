"""A delivery that needs every step, and what an undisturbed run makes of it."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from ingest.receive.sources.local import LocalFolder
from tests.support.ledger import read_state
from tests.support.receiver import PASSPHRASE, Receiver
from tests.support.sender import Sender

Snapshot = dict[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """A data folder after a first run, a source that has gone on since, and how it must end."""

    before: Path
    source: Path
    settings: dict[str, str]
    expected: Snapshot
    seconds: float

    def start(self, data: Path, *step: str) -> subprocess.Popen[bytes]:
        """Start a run as a program of its own; with a step, one that will die at it."""
        shutil.copytree(self.before, data, copy_function=shutil.copy2, dirs_exist_ok=True)
        module = ["tests.chaos.victim", *step] if step else ["ingest", "run"]
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            env=self.settings | {"MX_DATA": str(data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@pytest.fixture(scope="session")
def stage(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring, receiver_key: Receiver
) -> Stage:
    folder = tmp_path_factory.mktemp("chaos")
    before, undisturbed, source = folder / "before", folder / "undisturbed", folder / "source"
    source.mkdir()
    sender = Sender(folder=source, keyring=keyring, recipient=receiver_key.fingerprint)
    sender.send_users("a", "b")
    sender.send_users("to be restated", event="updated")
    sender.send_users("to heal", event="deleted", Checksum="0" * 64)
    sender.send_manifest()
    run_once(source, data=before, keyring=keyring)
    sender.send_users("restated", event="updated")
    sender.send_users("healed", event="deleted")
    sender.send_manifest()
    sender.day = "2026-01-03"
    sender.send_users("c", "d")
    sender.send_users("bad", event="updated", RecordCount="7")
    sender.send_manifest()
    shutil.copytree(before, undisturbed)
    began = time.monotonic()
    run_once(source, data=undisturbed, keyring=keyring)
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",  # a full disk would cut the interpreter's own files off
        "MX_SOURCE": str(source),
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
    }
    return Stage(before, source, settings, snapshot(undisturbed), time.monotonic() - began)


@pytest.fixture
def recover(stage: Stage, keyring: Keyring) -> Callable[[Path], Snapshot]:
    """Run again, and say what is there then."""

    def run_again(data: Path) -> Snapshot:
        run_once(stage.source, data=data, keyring=keyring)
        return snapshot(data)

    return run_again


def run_once(source: Path, *, data: Path, keyring: Keyring) -> None:
    rules = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
    run(LocalFolder(source), data=data, keyring=keyring, rules=rules)


def snapshot(data: Path) -> Snapshot:
    """Every file by its hash, the ledger by what it makes known."""
    files = {
        path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in data.rglob("*")
        if path.is_file() and path.parent.name != "ledger" and path.name != ".lock"
    }
    state = read_state(data / "ledger")
    manifests = {delivery: day.manifest_sha256 for delivery, day in state.days.items()}
    known = (state.versions, state.listings, manifests, state.results, state.landed)
    return files | {"the ledger": repr([sorted(each.items(), key=repr) for each in known])}
