"""A small world that is sent once, and an SFTP server: one client, a dozen users, four days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from ingest.openpgp.keyring import Keyring
from sample.send.sample import Summary, write_sample
from sample.serve.sftp_server import ServedAt, serve_sftp
from tests.sample.serve.sftp_client import PASSWORD, USER
from tests.support.receiver import Receiver

START = date(2026, 1, 5)
USERS = 12
DAYS = 4
SEED = 7

Send = Callable[..., Summary]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallWorld:
    folder: Path
    truth: Path
    summary: Summary
    keyring: Keyring

    def plain(self, name: str) -> bytes:
        with self.keyring.decrypt(self.folder / name, max_bytes=1 << 30) as plaintext:
            chunks = list(iter(lambda: plaintext.read(1 << 16), b""))
        return b"".join(chunks)


@pytest.fixture(scope="session")
def send(keyring: Keyring, receiver_key: Receiver) -> Send:
    def send_to(
        to: str,
        *,
        days: int = 1,
        truth: Path | None = None,
        sftp_password: str | None = None,
        known_hosts: Path | None = None,
    ) -> Summary:
        return write_sample(
            to=to,
            keyring=keyring,
            recipient=receiver_key.fingerprint,
            seed=SEED,
            clients=1,
            users=USERS,
            days=days,
            start=START,
            surprise=days > 1,
            truth=truth,
            sftp_password=sftp_password,
            known_hosts=known_hosts,
        )

    return send_to


@pytest.fixture(scope="session")
def small_world(
    send: Send, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> SmallWorld:
    folder = tmp_path_factory.mktemp("sent")
    truth = tmp_path_factory.mktemp("truth") / "truth.jsonl"
    summary = send(str(folder), days=DAYS, truth=truth)
    return SmallWorld(folder=folder, truth=truth, summary=summary, keyring=keyring)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "served").mkdir()
    (tmp_path / "secret").write_text("not yours")
    return tmp_path / "served"


@pytest.fixture
def sftp_server(folder: Path) -> Iterator[ServedAt]:
    with serve_sftp(folder, user=USER, password=PASSWORD) as at:
        yield at
