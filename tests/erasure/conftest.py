"""A delivery in which one person is everywhere, and a search for that person's values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import fastavro
import pyarrow.parquet as pq
import pytest

from ingest.erasure.erase import Work
from ingest.erasure.outcome import Outcome
from ingest.openpgp.keyring import Keyring
from tests.support.sender import CLIENT, Sender, avro_bytes
from tests.support.status import RULES

PERSON, OTHER = "USR-person-0001", "USR-other-0002"
VALUES = (b"Wilhelmina-of-the-test", b"ACT-of-the-person", b"TRN-of-the-person", PERSON.encode())
"""Values that only the person's rows have."""
Rows = Sequence[Mapping[str, Any]]
Erase = Callable[..., Outcome]


def schema(name: str, *fields: str) -> dict[str, Any]:
    nullable = [{"name": each, "type": ["null", "string"], "default": None} for each in fields]
    return {"type": "record", "name": name, "fields": nullable}


USERS = schema("users", "guid", "first_name")
ACCOUNTS = schema("accounts", "guid", "user_guid", "member_guid", "name")
TRANSACTIONS = schema("transactions", "guid", "user_guid", "account_guid", "description")
LOGS = schema("analytics_events", "user_guid", "action")

PERSONS_USER = {"guid": PERSON, "first_name": "Wilhelmina-of-the-test"}
PERSONS_ACCOUNT = {
    "guid": "ACT-of-the-person",
    "user_guid": PERSON,
    "name": "Wilhelmina-of-the-test",
}
PERSONS_TRANSACTION = {
    "guid": "TRN-of-the-person",
    "account_guid": "ACT-of-the-person",
    "description": "a gift for Wilhelmina-of-the-test",
}
"""It names its owner only by the account, as feeds may."""
OTHERS_USER = {"guid": OTHER, "first_name": "Other"}
OTHERS_ACCOUNT = {"guid": "ACT-other", "user_guid": OTHER, "name": "Savings"}
OTHERS_TRANSACTION = {"guid": "TRN-other", "account_guid": "ACT-other", "description": "bread"}


def send(
    sender: Sender, kind: dict[str, Any], *rows: Mapping[str, Any], event: str = "created"
) -> Path:
    plain = avro_bytes(rows, schema=kind)
    return sender.send(plain, resource=kind["name"], event=event, record_count=len(rows))


def send_all(sender: Sender) -> None:
    """Send a day in which the person has rows of every kind, beside another user."""
    send(sender, USERS, OTHERS_USER, PERSONS_USER)
    send(sender, ACCOUNTS, PERSONS_ACCOUNT, OTHERS_ACCOUNT)
    send(sender, TRANSACTIONS, OTHERS_TRANSACTION, PERSONS_TRANSACTION, OTHERS_TRANSACTION)
    # a deleted row may say no more than its key
    send(sender, TRANSACTIONS, {"guid": "TRN-of-the-person"}, event="deleted")
    send(sender, LOGS, {"user_guid": PERSON, "action": "click"}, {"user_guid": OTHER})
    sender.send_manifest()


@pytest.fixture
def work(data: Path, keyring: Keyring) -> Work:
    return Work(data=data, keyring=keyring, rules=RULES)


@pytest.fixture
def erase_person(work: Work) -> Erase:
    def erase_once(user: str = PERSON, client: str | None = None) -> Outcome:
        return work.erase(user, client=client, requested_by="a test")

    return erase_once


def traces(
    data: Path, keyring: Keyring, values: Sequence[bytes] = VALUES
) -> dict[str, list[bytes]]:
    """Search every byte of a data folder, plain, decrypted and decompressed, for values."""
    found: dict[str, list[bytes]] = {}
    for path in sorted(data.rglob("*")):
        if path.is_file() and not path.is_symlink():
            seen = b"\n".join(_contents(path, keyring))
            if there := [value for value in values if value in seen]:
                found[path.relative_to(data).as_posix()] = there
    return found


def _contents(path: Path, keyring: Keyring) -> Iterator[bytes]:
    yield path.read_bytes()
    if path.suffix == ".parquet":
        yield str(pq.ParquetFile(path).read().to_pylist()).encode()
    if path.suffix == ".duckdb":
        yield from _tables(path)
    if ".pgp" in path.name and path.suffix != ".json":
        yield from _plaintext(path, keyring)


def _plaintext(path: Path, keyring: Keyring) -> Iterator[bytes]:
    with keyring.decrypt(path, max_bytes=1 << 30) as plain:
        contents = plain.read(1 << 30)
    yield contents
    if contents.startswith(b"Obj"):
        import io

        yield str(list(fastavro.reader(io.BytesIO(contents)))).encode()


def _tables(path: Path) -> Iterator[bytes]:
    with duckdb.connect(str(path), read_only=True) as database:
        names = database.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall()
        for schema_name, table in names:
            query = f'from "{schema_name}"."{table}"'
            yield str(database.execute(query).fetchall()).encode()


def landed(data: Path, resource: str, event: str = "created") -> list[dict[str, Any]]:
    paths = sorted(data.glob(f"landing/resource={resource}/event={event}/*/{CLIENT}*.parquet"))
    return [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]
