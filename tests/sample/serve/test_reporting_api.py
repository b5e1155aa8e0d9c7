"""The embedded Reporting API answers as MX's does."""

import hashlib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from ingest.openpgp.keyring import Keyring
from sample.send.armour import Bodies
from sample.serve.reporting_api import FILE_TYPE, LIST_TYPE, ServedAt, serve_reporting_api
from tests.sample.api_client import (
    KEY,
    LAST,
    NOW,
    Client,
    client_guid,
    client_of,
    path_of,
    stored,
)
from tests.sample.conftest import SmallWorld
from tests.support.sender import Sender


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
        complete = client.get(path_of(small_world), Accept=FILE_TYPE)
        part = client.get(path_of(small_world), Accept=FILE_TYPE, Range="bytes=100-")

    plain = small_world.plain(stored(small_world).name)
    came = tmp_path / "came"
    came.write_bytes(complete.body)
    assert (part.status, part.body) == (206, complete.body[100:])
    if bodies == "plain":
        assert complete.body == plain
        return
    assert complete.body.startswith(b"-----BEGIN PGP MESSAGE-----\n")
    with keyring.decrypt(came, max_bytes=1 << 30) as opened:
        opened.drain()
    assert opened.sha256 == hashlib.sha256(plain).hexdigest()


@contextmanager
def serving_the_day_after(sender: Sender) -> Iterator[Client]:
    """Serve what a sender has sent, when its day has just ended."""
    with (
        serve_reporting_api(
            sender.folder,
            keyring=sender.keyring,
            api_key=KEY,
            now=lambda: datetime(2026, 1, 3, tzinfo=UTC),
        ) as at,
        client_of(at) as client,
    ):
        yield client


def test_a_range_of_a_body_that_changed_is_answered_with_all_of_it(sender: Sender) -> None:
    sender.send_users("a")
    sender.send_manifest()
    path = f"/download/{sender.client}/{sender.day}/users/created"
    with serving_the_day_after(sender) as client:
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
def test_nothing_is_answered_without_the_key(
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


def test_a_manifest_that_does_not_open_is_the_servers_fault(sender: Sender) -> None:
    manifest = sender.send_manifest()
    manifest.write_bytes(b"no message")
    with serving_the_day_after(sender) as client:
        assert client.get(f"/download/{sender.client}", Accept=LIST_TYPE).status == 500
