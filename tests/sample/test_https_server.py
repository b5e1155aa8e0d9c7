"""The server of the embedded Reporting API: connections, certificates, its end, planned faults."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPException, HTTPSConnection

import pytest

from sample.serve.certificates import Authority, load_chain
from sample.serve.reporting_api import FILE_TYPE, LIST_TYPE, ServedAt
from tests.sample.api_client import KEY, client_guid, client_of, path_of, served, stored
from tests.sample.conftest import SmallWorld
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


def test_a_connection_is_kept_and_several_are_served_at_once(
    small_world: SmallWorld,
) -> None:
    path = path_of(small_world)
    with served(small_world) as server, ExitStack() as stack:
        clients = [stack.enter_context(client_of(server)) for _ in range(4)]
        for client in clients:
            client.connection.connect()
        sockets = [client.connection.sock for client in clients]
        for client in clients * 3:
            assert client.get(path, Accept=FILE_TYPE).status == 200
        assert [client.connection.sock for client in clients] == sockets


@pytest.fixture
def server(small_world: SmallWorld) -> Iterator[ServedAt]:
    with served(small_world) as at:
        yield at


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
        with served(small_world, faults) as at:
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
    with served(small_world, faults) as at, client_of(at) as client:
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
        served(small_world, Faults(tls=proven_by(stranger))) as at,
        client_of(at) as client,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        client.get("/")
    with served(small_world, Faults(tls=demanding_certificates_of(staff))) as at:
        with pytest.raises(OSError), client_of(at) as client:
            client.get("/")
        context = ssl.create_default_context(cafile=at.ca)
        load_chain(context, *staff.issue("receiver"))
        with client_of(at, context=context) as client:
            assert client.list_files(client_guid(small_world))
