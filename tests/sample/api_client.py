"""The standard library as a client of the embedded Reporting API, and the small world behind."""

import json
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import Message
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

from ingest.delivery.names import parse_name
from sample.serve.reporting_api import LIST_TYPE, ServedAt, serve_reporting_api
from tests.sample.conftest import DAYS, START, SmallWorld
from tests.support.reporting_api import Faults

KEY = "s3cret-key"
LAST = START + timedelta(days=DAYS - 1)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


NOW = midnight(LAST + timedelta(days=1))


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Message
    body: bytes


@dataclass
class Client:
    """One connection, which is kept as long as the server keeps it."""

    at: ServedAt
    context: ssl.SSLContext
    connection: HTTPSConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPSConnection(
            self.at.host, self.at.port, context=self.context, timeout=20
        )

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answered:
        """Ask with the key; an underscore in a header's name stands for a dash."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers={"MD-API-KEY": KEY} | sent)
        answer = self.connection.getresponse()
        return Answered(answer.status, answer.headers, answer.read())

    def list_files(self, client: str) -> list[dict[str, Any]]:
        listed = self.get(f"/download/{client}", Accept=LIST_TYPE)
        assert (listed.status, listed.headers["Content-Type"]) == (200, LIST_TYPE)
        files: list[dict[str, Any]] = json.loads(listed.body)["daily_snapshot_files"]
        return files


@contextmanager
def client_of(at: ServedAt, *, context: ssl.SSLContext | None = None) -> Iterator[Client]:
    client = Client(at, context or ssl.create_default_context(cafile=at.ca))
    with closing(client.connection):
        yield client


@contextmanager
def served(world: SmallWorld, faults: Faults | None = None) -> Iterator[ServedAt]:
    with serve_reporting_api(
        world.folder, keyring=world.keyring, api_key=KEY, now=lambda: NOW, faults=faults
    ) as at:
        yield at


def client_guid(world: SmallWorld) -> str:
    [guid] = {
        file.delivery.client_guid
        for path in world.folder.iterdir()
        if (file := parse_name(path.name))
    }
    return guid


def path_of(world: SmallWorld, kind: str = "users/created", *, day: date = LAST) -> str:
    return f"/download/{client_guid(world)}/{day}/{kind}"


def stored(world: SmallWorld, kind: str = "users.created", *, day: date = LAST) -> Path:
    return world.folder / f"{client_guid(world)}.{day}.{kind}.avro.pgp"
