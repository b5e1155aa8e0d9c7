"""A mirror of its own for each test, on one real object storage."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.landing.decide import Rules
from ingest.mirror.restore import Restored, restore
from ingest.mirror.send_all import Copied, mirror_data
from ingest.mirror.storage.address import parse_address
from ingest.mirror.storage.bucket import RETRIES, Bucket
from ingest.openpgp.keyring import Keyring
from tests.conftest import Ingest
from tests.support.object_storage import ObjectStorage
from tests.support.sender import Sender
from tests.support.spoiled import Spoiled, spoiled

RULES = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
COPIED = ("archive", "landing", "ledger")


@pytest.fixture
def url(storage: ObjectStorage, tmp_path: Path) -> str:
    """The address of an empty prefix."""
    return f"s3://{storage.bucket}/{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}/mx"


@pytest.fixture
def bucket(storage: ObjectStorage, url: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    for name, value in storage.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(RETRIES, "max_retries", 3)
    return Bucket(parse_address(url, endpoint=storage.endpoint))


@pytest.fixture
def proxy(storage: ObjectStorage) -> Iterator[Spoiled]:
    with spoiled(storage.endpoint) as made:
        yield made


@pytest.fixture
def spoiled_bucket(bucket: Bucket, proxy: Spoiled) -> Bucket:
    """The same mirror as `bucket`, by the proxy."""
    return Bucket(parse_address(bucket.url, endpoint=proxy.endpoint))


@pytest.fixture
def landed(sender: Sender, ingest: Ingest, data: Path) -> Path:
    """A data folder with one day."""
    deliver(sender, "a", "b")
    ingest()
    return data


def deliver(sender: Sender, *guids: str, day: str = "2026-01-02") -> None:
    """Send users and their manifest."""
    sender.day, sender.rows = day, []
    sender.send_users(*guids)
    sender.send_manifest()


def mirror(data: Path, bucket: Bucket, *, only: str = "") -> Copied:
    return mirror_data(data, bucket, only=only)


def bring_back(
    data: Path, bucket: Bucket, keyring: Keyring, *, keeps_owner: bool = False
) -> Restored:
    return restore(data, bucket, keyring=keyring, rules=RULES, keeps_owner=keeps_owner)


def hashes(data: Path, *names: str) -> dict[str, str]:
    """Every file that is mirrored, by its hash, in all folders or in those named."""
    return {
        path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in names or COPIED
        for path in sorted((data / name).rglob("*"))
        if path.is_file() and not path.name.startswith("index.sqlite")
    }


def mirrored(bucket: Bucket, folder: Path) -> dict[str, str]:
    """Every object that is a file, by the hash of its bytes."""
    folder.mkdir(exist_ok=True)
    return {
        stored.path: bucket.fetch(stored, folder / "object")
        for name in COPIED
        for stored in bucket.list(name)
    }
