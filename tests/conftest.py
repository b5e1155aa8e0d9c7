"""Real parts for every test: a key pair, a source, a sender, a data folder."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from ingest.receive.sources.local import LocalFolder
from ingest.status.runs import Summary
from tests.front import machine
from tests.readers.environments import (
    ENGINES,
    ORCHESTRATORS,
    OTHER_ENGINES,
    SPARK,
    missing_drivers,
    missing_readers,
)
from tests.support import postgres
from tests.support.object_storage import ObjectStorage, object_storage
from tests.support.postgres import Postgres
from tests.support.receiver import PASSPHRASE, Receiver, receiver
from tests.support.sender import Sender
from tests.support.served import Served
from tests.support.sshd import Sshd, is_possible, sshd

# `just test` names the .env of this checkout, which is for no test
os.environ.pop("MX_ENV_FILE", None)

Ingest = Callable[..., Summary]


@pytest.fixture(scope="session")
def receiver_key() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture(scope="session")
def keyring(receiver_key: Receiver) -> Keyring:
    return Keyring(receiver_key.home, passphrase=PASSPHRASE)


@pytest.fixture(scope="session")
def sshd_server() -> Iterator[Sshd]:
    """OpenSSH's server; only CI insists on it, as a machine of one's own may not allow for it."""
    with sshd() as server:
        yield server


@pytest.fixture(scope="session")
def storage() -> Iterator[ObjectStorage]:
    with object_storage() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Debian's PostgreSQL."""
    with postgres.postgres() as server:
        yield server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, and say so, what needs a program that this machine does not have."""
    if os.environ.get("CI") == "true":
        return
    for name, needs in _needs().items():
        left_out = [item for item in items if name in _words(item)] if needs else []
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        if left_out:
            print(f"left out: {len(left_out)} tests of {name}, as they need {needs}")  # noqa: T201 - seen


def _needs() -> dict[str, str]:
    """Say what is missing for the tests of a fixture or a folder."""
    host = ("nft", "ip", "unshare", "systemd-analyze", "systemd-tmpfiles")
    missing = {
        "sshd_server": "" if is_possible() else "root and openssh-server",
        "fresh_machine": "" if machine.is_possible() else "root and Debian's python3-venv",
        "postgres_server": "" if postgres.is_possible() else "Debian's postgresql",
        "trace": "" if shutil.which("strace") else "strace",
        "browser": "" if shutil.which("chromium") else "chromium",
        "test_browser.py": "" if shutil.which("chromium") else "chromium",
        "deploy": " and ".join(name for name in host if not shutil.which(name)),
        "bi": " and ".join(missing_readers("superset", programs=("chromium", "chromedriver"))),
        "test_orchestrators.py": " and ".join(missing_readers(*ORCHESTRATORS)),
        "readers": " and ".join([*missing_readers(*ENGINES), *missing_drivers()]),
        "engines": " and ".join(missing_readers(*OTHER_ENGINES, recipe="engines")),
        "spark": " and ".join(missing_readers(SPARK, programs=("java",), recipe="spark")),
    }
    return missing | {"deploy": missing["deploy"] or missing["sshd_server"]}


def _words(item: pytest.Item) -> set[str]:
    callspec = getattr(item, "callspec", None)
    chosen = map(str, callspec.params.values()) if callspec else ()
    return {*getattr(item, "fixturenames", ()), *chosen, *item.path.parts}


@pytest.fixture
def sender(tmp_path: Path, keyring: Keyring, receiver_key: Receiver) -> Sender:
    folder = tmp_path / "source"
    folder.mkdir()
    return Sender(folder=folder, keyring=keyring, recipient=receiver_key.fingerprint)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def settings(sender: Sender, data: Path, receiver_key: Receiver) -> dict[str, str]:
    """What a run as a program of its own finds in its environment."""
    return {
        "PATH": os.environ["PATH"],
        "MX_SOURCE": str(sender.folder),
        "MX_DATA": str(data),
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
    }


@pytest.fixture
def ingest(sender: Sender, data: Path, keyring: Keyring) -> Ingest:
    """Run the pipeline over the sender's folder."""

    def run_once(
        *,
        settle_hours: float = 6,
        accept_unlisted: bool = False,
        recheck_quarantine: bool = False,
        keys: Keyring = keyring,
    ) -> Summary:
        rules = Rules(
            settle=timedelta(hours=settle_hours),
            max_plain_bytes=1 << 30,
            accept_unlisted=accept_unlisted,
            recheck_quarantine=recheck_quarantine,
        )
        return run(LocalFolder(sender.folder), data=data, keyring=keys, rules=rules)

    return run_once


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
def host(served: Served) -> Iterator[str]:
    """Give the address of a web server that answers what a test has `served` say."""
    with served.serve() as address:
        yield address


def landed_rows(data: Path) -> list[dict[str, Any]]:
    """Read every landed row, files in the order of their paths."""
    paths = sorted((data / "landing").rglob("*.parquet"))
    return [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]


def quarantine_reasons(data: Path) -> dict[str, str]:
    """Read the reason of each file in quarantine, by its name."""
    paths = sorted((data / "quarantine").rglob("*.json"))
    return {path.stem: json.loads(path.read_text())["reason"] for path in paths}
