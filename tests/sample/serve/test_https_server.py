"""The HTTPS server keeps connections, ends all threads, and misbehaves as a test plans."""

import threading
from contextlib import ExitStack
from http.client import HTTPException

import pytest

from sample.serve.reporting_api import FILE_TYPE, LIST_TYPE
from tests.sample.api_client import KEY, client_guid, client_of, path_of, served, stored
from tests.sample.conftest import SmallWorld
from tests.support.faulty import (
    chunked,
    content_length,
    cut,
    hang_up,
    stall,
    status,
    without_ranges,
    zipped,
)
from tests.support.reporting_api import FILE, LIST, Faults


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


def test_no_thread_outlives_the_server_even_if_clients_stall(small_world: SmallWorld) -> None:
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
        complete = client.get(path, Accept=FILE_TYPE, Range="bytes=5-")
        with pytest.raises(HTTPException):
            client.get(path, Accept=FILE_TYPE)
        client.connection.close()
        zipped_body = client.get(path, Accept=FILE_TYPE)
        chunked_body = client.get(path, Accept=FILE_TYPE)

    assert (busy.status, busy.headers["Retry-After"]) == (429, "7")
    assert (complete.status, complete.body) == (200, content)
    assert zipped_body.headers["Content-Encoding"] == "gzip"
    assert (chunked_body.headers["Content-Length"], chunked_body.body) == (None, content)
    assert (len(faults.asked(LIST)), len(faults.asked(FILE))) == (1, 6)
    assert faults.asked(FILE)[2].headers["range"] == "bytes=5-"
    assert KEY not in repr(faults.requests)
