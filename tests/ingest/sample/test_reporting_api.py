"""The embedded Reporting API, spoken to by the standard library's client."""

import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import Message
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest

from ingest.delivery import parse_name
from ingest.openpgp import Keyring
from ingest.sample.armour import Bodies
from ingest.sample.certificates import Authority, load_chain
from ingest.sample.reporting_api import FILE_TYPE, LIST_TYPE, ServedAt, serve_reporting_api
from tests.ingest.sample.conftest import DAYS, START, SmallWorld
from tests.support.reporting_api import (
    FILE,
    LIST,
    Faults,
    chunked,
    content_length,
    cut,
    demanding_certificates_of,
    hang_up,
    proven_by,
    stall,
    status,
    without_ranges,
    zipped,
)
from tests.support.sender import Sender

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


@pytest.fixture(scope="module")
def server(small_world: SmallWorld) -> Iterator[ServedAt]:
    with serve_reporting_api(
        small_world.folder, keyring=small_world.keyring, api_key=KEY, now=lambda: NOW
    ) as at:
        yield at


@pytest.fixture
def client(server: ServedAt) -> Iterator[Client]:
    with client_of(server) as connected:
        yield connected


@contextmanager
def served_badly(world: SmallWorld, faults: Faults) -> Iterator[ServedAt]:
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


def test_the_list_tells_of_every_plain_file(client: Client, small_world: SmallWorld) -> None:
    listed = client.list_files(client_guid(small_world))

    assert len(listed) == small_world.summary.files
    assert len({each["guid"] for each in listed}) == len(listed)
    for each in listed[:: len(listed) // 7]:
        plain = small_world.plain(f"{each['name']}.avro.pgp")
        *_, resource, event = each["name"].split(".")
        assert each["guid"].startswith("SLF-")
        assert (each["file_size"], each["checksum"]) == (
            len(plain),
            hashlib.sha256(plain).hexdigest(),
        )
        assert (each["resource_type"], each["event_type"]) == (resource.upper(), event.upper())
    assert sum(each["number_of_records"] for each in listed) == small_world.summary.rows
    assert {tuple(sorted(each)) for each in listed} == {
        (
            "checksum",
            "event_type",
            "file_size",
            "guid",
            "name",
            "number_of_records",
            "resource_type",
        )
    }


def test_the_list_is_the_same_for_every_server(client: Client, small_world: SmallWorld) -> None:
    with (
        served_badly(small_world, Faults()) as other,
        client_of(other) as other_client,
    ):
        guid = client_guid(small_world)
        assert other_client.list_files(guid) == client.list_files(guid)


def test_a_file_is_what_lies_in_the_folder(client: Client, small_world: SmallWorld) -> None:
    answered = client.get(path_of(small_world), Accept=FILE_TYPE)

    content = stored(small_world).read_bytes()
    assert (answered.status, answered.body) == (200, content)
    assert answered.headers["Content-Type"] == FILE_TYPE
    assert answered.headers["Content-Length"] == str(len(content))
    assert answered.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("bodies", ["plain", "armour"])
def test_a_file_comes_plain_or_armoured_on_request(
    small_world: SmallWorld, keyring: Keyring, bodies: Bodies, tmp_path: Path
) -> None:
    with (
        serve_reporting_api(
            small_world.folder, keyring=keyring, api_key=KEY, bodies=bodies, now=lambda: NOW
        ) as at,
        client_of(at) as client,
    ):
        whole = client.get(path_of(small_world), Accept=FILE_TYPE)
        part = client.get(path_of(small_world), Accept=FILE_TYPE, Range="bytes=100-")

    plain = small_world.plain(stored(small_world).name)
    came = tmp_path / "came"
    came.write_bytes(whole.body)
    assert (part.status, part.body) == (206, whole.body[100:])
    if bodies == "plain":
        assert whole.body == plain
        return
    assert whole.body.startswith(b"-----BEGIN PGP MESSAGE-----\n")
    with keyring.decrypt(came, max_bytes=1 << 30) as opened:
        opened.drain()
    assert opened.sha256 == hashlib.sha256(plain).hexdigest()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=10-", slice(10, None)),
        ("bytes=-10", slice(-10, None)),
        ("bytes=5-999999999", slice(5, None)),
        ("BYTES = 7-7", slice(7, 8)),
    ],
)
def test_a_range_is_sent_alone(
    client: Client, small_world: SmallWorld, asked: str, expected: slice
) -> None:
    content = stored(small_world).read_bytes()
    answered = client.get(path_of(small_world), Accept=FILE_TYPE, Range=asked)

    part = content[expected]
    start = len(content[: expected.start])
    assert (answered.status, answered.body) == (206, part)
    assert answered.headers["Content-Length"] == str(len(part))
    assert (
        answered.headers["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(content)}"
    )


@pytest.mark.parametrize(
    "asked", ["bytes=9-0", "bytes=-", "bytes=1-2,4-5", "lines=0-1", "bytes=x-"]
)
def test_a_range_that_is_none_is_ignored(
    client: Client, small_world: SmallWorld, asked: str
) -> None:
    answered = client.get(path_of(small_world), Accept=FILE_TYPE, Range=asked)

    assert (answered.status, answered.body) == (200, stored(small_world).read_bytes())


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(
    client: Client, small_world: SmallWorld, asked: str
) -> None:
    answered = client.get(path_of(small_world), Accept=FILE_TYPE, Range=asked)

    size_bytes = stored(small_world).stat().st_size
    assert answered.status == 416
    assert answered.headers["Content-Range"] == f"bytes */{size_bytes}"


def test_a_range_of_a_body_that_changed_is_the_whole(sender: Sender) -> None:
    sender.send_users("a")
    sender.send_manifest()
    path = f"/download/{sender.client}/{sender.day}/users/created"
    with (
        serve_reporting_api(
            sender.folder,
            keyring=sender.keyring,
            api_key=KEY,
            now=lambda: datetime(2026, 1, 3, tzinfo=UTC),
        ) as at,
        client_of(at) as client,
    ):
        tag = client.get(path, Accept=FILE_TYPE).headers["ETag"]
        again = client.get(path, Accept=FILE_TYPE, Range="bytes=9-", If_Range=tag)
        listed = client.list_files(sender.client)
        sender.send_users("a", "b")
        sender.send_manifest()
        changed = client.get(path, Accept=FILE_TYPE, Range="bytes=9-", If_Range=tag)
        listed_anew = client.list_files(sender.client)

    assert not tag.startswith("W/")
    assert (again.status, again.headers["ETag"]) == (206, tag)
    assert (changed.status, changed.headers["ETag"] == tag) == (200, False)
    assert [each["number_of_records"] for each in listed + listed_anew] == [1, 2]


@pytest.mark.parametrize("header", [{}, {"MD_API_KEY": "guess"}, {"MD_API_KEY": ""}], ids=str)
@pytest.mark.parametrize("place", ["/download/CLT-1", "/", "list"])
def test_nothing_is_told_without_the_key(
    server: ServedAt, small_world: SmallWorld, header: dict[str, str], place: str
) -> None:
    path = f"/download/{client_guid(small_world)}" if place == "list" else place
    context = ssl.create_default_context(cafile=server.ca)
    with closing(HTTPSConnection(server.host, server.port, context=context)) as connection:
        sent = {name.replace("_", "-"): value for name, value in header.items()}
        connection.request("GET", path, headers={"Accept": LIST_TYPE} | sent)
        answer = connection.getresponse()
        body = answer.read()

    assert answer.status == 401
    assert KEY.encode() not in body


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/download/CLT-99999999-9999-4999-8999-999999999999", LIST_TYPE, 404),
        ("/download/CLT-99999999-9999-4999-8999-999999999999/{last}/users/created", FILE_TYPE, 404),
        ("/download/{client}/{last}/nothings/created", FILE_TYPE, 404),
        ("/download/{client}/{last}/users/renamed", FILE_TYPE, 404),
        ("/download/{client}/{next}/users/created", FILE_TYPE, 404),
        ("/download/{client}/2026-02-31/users/created", FILE_TYPE, 404),
        ("/download/{client}/{last}/users/..%2F..%2Fsecret", FILE_TYPE, 404),
        ("/download/{client}/{last}", FILE_TYPE, 404),
        ("/download", LIST_TYPE, 404),
        ("/upload/{client}", LIST_TYPE, 404),
        ("/download/{client}", FILE_TYPE, 406),
        ("/download/{client}", "*/*", 406),
        ("/download/{client}/{last}/users/created", LIST_TYPE, 406),
        ("/download/{client}/{last}/users/created", f"text/html, {FILE_TYPE};q=0.9", 200),
        ("/download/{client}/{last}/users/created?page=1", FILE_TYPE, 200),
        ("/download/{client}/2025-12-01/users/created", FILE_TYPE, 410),
    ],
)
def test_what_cannot_be_had_is_refused(
    client: Client, small_world: SmallWorld, path: str, accept: str, expected: int
) -> None:
    place = path.format(client=client_guid(small_world), last=LAST, next=LAST + timedelta(days=1))

    assert client.get(place, Accept=accept).status == expected


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_nothing_but_get_is_answered(client: Client, small_world: SmallWorld, method: str) -> None:
    path = path_of(small_world)
    refused = client.get(path, method=method, Accept=FILE_TYPE)

    assert (refused.status, refused.headers["Allow"]) == (405, "GET")
    assert client.get(path, Accept=FILE_TYPE).status == 200


def test_a_day_is_gone_eight_days_later(small_world: SmallWorld) -> None:
    moment = [midnight(START + timedelta(days=8)) - timedelta(seconds=1)]
    guid, path = client_guid(small_world), path_of(small_world, day=START)
    with (
        serve_reporting_api(
            small_world.folder,
            keyring=small_world.keyring,
            api_key=KEY,
            now=lambda: moment[0],
        ) as at,
        client_of(at) as client,
    ):
        in_time, listed = client.get(path, Accept=FILE_TYPE), client.list_files(guid)
        moment[0] += timedelta(seconds=1)
        late, listed_late = client.get(path, Accept=FILE_TYPE), client.list_files(guid)
        moment[0] += timedelta(days=DAYS)
        nothing_left = client.list_files(guid)

    first = {each["name"] for each in listed if str(START) in each["name"]}
    assert (in_time.status, late.status) == (200, 410)
    assert first
    assert {each["name"] for each in listed} - first == {each["name"] for each in listed_late}
    assert nothing_left == []


def test_a_manifest_that_does_not_open_is_the_servers_fault(sender: Sender) -> None:
    manifest = sender.send_manifest()
    manifest.write_bytes(b"no message")
    with (
        serve_reporting_api(
            sender.folder,
            keyring=sender.keyring,
            api_key=KEY,
            now=lambda: datetime(2026, 1, 3, tzinfo=UTC),
        ) as at,
        client_of(at) as client,
    ):
        assert client.get(f"/download/{sender.client}", Accept=LIST_TYPE).status == 500


def test_a_connection_is_kept_and_several_are_served_at_once(
    server: ServedAt, small_world: SmallWorld
) -> None:
    path = path_of(small_world)
    with ExitStack() as stack:
        clients = [stack.enter_context(client_of(server)) for _ in range(4)]
        for client in clients:
            client.connection.connect()
        sockets = [client.connection.sock for client in clients]
        for client in clients * 3:
            assert client.get(path, Accept=FILE_TYPE).status == 200
        assert [client.connection.sock for client in clients] == sockets


def test_the_server_proves_itself_to_whom_trusts_its_authority(server: ServedAt) -> None:
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError), client_of(server, context=context) as client:
        client.get("/")
    for host in ("localhost", "127.0.0.1"):
        trusting = ssl.create_default_context(cafile=server.ca)
        trusting.verify_flags |= ssl.VERIFY_X509_STRICT
        connection = HTTPSConnection(host, server.port, context=trusting)
        with closing(connection):
            connection.request("GET", "/")
            assert connection.getresponse().status == 401


def test_no_thread_outlives_the_server_whatever_clients_do(small_world: SmallWorld) -> None:
    before = set(threading.enumerate())
    faults = Faults()
    faults.plan(stall(after_bytes=10))
    with ExitStack() as stack:
        with served_badly(small_world, faults) as at:
            stack.enter_context(client_of(at)).connection.connect()
            kept = stack.enter_context(client_of(at))
            kept.list_files(client_guid(small_world))
            stalled = stack.enter_context(client_of(at))
            stalled.connection.request(
                "GET", path_of(small_world), headers={"MD-API-KEY": KEY, "Accept": FILE_TYPE}
            )
            stalled.connection.getresponse().close()
        assert set(threading.enumerate()) - before == set()
        with pytest.raises((OSError, HTTPException)):
            kept.get("/")


def test_planned_faults_reach_the_client_and_requests_are_kept_without_the_key(
    small_world: SmallWorld,
) -> None:
    faults = Faults()
    faults.plan(status(429, retry_after="7"), on=LIST)
    faults.plan(cut(after_bytes=10), hang_up(), without_ranges(), content_length(off_by=5))
    faults.plan(zipped(), chunked())
    path, content = path_of(small_world), stored(small_world).read_bytes()
    with served_badly(small_world, faults) as at, client_of(at) as client:
        busy = client.get(f"/download/{client_guid(small_world)}", Accept=LIST_TYPE)
        for _ in ("cut", "hung up"):
            with pytest.raises((HTTPException, OSError)):
                client.get(path, Accept=FILE_TYPE)
            client.connection.close()
        whole = client.get(path, Accept=FILE_TYPE, Range="bytes=5-")
        with pytest.raises(HTTPException):
            client.get(path, Accept=FILE_TYPE)
        client.connection.close()
        zipped_body = client.get(path, Accept=FILE_TYPE)
        chunked_body = client.get(path, Accept=FILE_TYPE)

    assert (busy.status, busy.headers["Retry-After"]) == (429, "7")
    assert (whole.status, whole.body) == (200, content)
    assert zipped_body.headers["Content-Encoding"] == "gzip"
    assert (chunked_body.headers["Content-Length"], chunked_body.body) == (None, content)
    assert (len(faults.asked(LIST)), len(faults.asked(FILE))) == (1, 6)
    assert faults.asked(FILE)[2].headers["range"] == "bytes=5-"
    assert KEY not in repr(faults.requests)


def test_a_certificate_can_be_anothers_and_one_can_be_demanded(small_world: SmallWorld) -> None:
    stranger, staff = Authority("stranger"), Authority("staff")
    with (
        served_badly(small_world, Faults(tls=proven_by(stranger))) as at,
        client_of(at) as client,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        client.get("/")
    with served_badly(small_world, Faults(tls=demanding_certificates_of(staff))) as at:
        with pytest.raises(OSError), client_of(at) as client:
            client.get("/")
        context = ssl.create_default_context(cafile=at.ca)
        load_chain(context, *staff.issue("receiver"))
        with client_of(at, context=context) as client:
            assert client.list_files(client_guid(small_world))
