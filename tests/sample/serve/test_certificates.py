"""Clients check the server's certificate, and the server theirs."""

import ssl
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPSConnection

import pytest

from sample.serve.certificates import Authority, load_chain
from sample.serve.reporting_api import ServedAt
from tests.sample.api_client import client_guid, client_of, served
from tests.sample.conftest import SmallWorld
from tests.support.faulty import demanding_certificates_of, proven_by
from tests.support.reporting_api import Faults


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
