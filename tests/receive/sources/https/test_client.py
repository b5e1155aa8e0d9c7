"""The client trusts only known certificates, and refuses settings that cannot work."""

import threading
import time
from pathlib import Path

import pytest

from ingest.errors import SettingsError, SourceError, SourceUnavailable
from ingest.receive.sources import Https, open_source
from ingest.receive.sources.https.client import CONNECTIONS
from sample.serve.certificates import Authority
from tests.support import faulty
from tests.support.api import API_KEY, Api
from tests.support.sender import CLIENT, Sender, avro_bytes, users


def test_a_server_with_a_certificate_of_an_unknown_authority_is_not_trusted(api: Api) -> None:
    api.faults.tls = faulty.proven_by(Authority())

    with pytest.raises(SourceError, match=r"certificate that is not trusted .*MX_HTTPS_CA"):
        api.pull()
    with api.opened(https=Https()) as source, pytest.raises(SourceError, match="not trusted"):
        source.list_files()
    assert api.faults.requests == []


def test_a_server_of_another_name_is_not_trusted(api: Api) -> None:
    with api.serving() as server:
        authority = server.ca.read_bytes()
    api.faults.tls = faulty.proven_by(Authority(), "other.example.com")

    with pytest.raises(SourceError, match="not trusted"):
        api.pull()
    assert authority.startswith(b"-----BEGIN CERTIFICATE")


def test_a_client_certificate_is_shown(api: Api, tmp_path: Path) -> None:
    authority = Authority()
    api.faults.tls = faulty.demanding_certificates_of(authority)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    for path, content in zip((cert, key), authority.issue("client"), strict=True):
        path.write_bytes(content)

    with api.serving() as server:
        for https, is_let_in in (
            (Https(ca=server.ca, cert=cert, cert_key=key), True),
            (Https(ca=server.ca), False),
        ):
            address = server.address_of(CLIENT)
            with open_source(address, api_key=API_KEY, https=https) as source:
                if is_let_in:
                    assert len(source.list_files()) == 1
                else:
                    with pytest.raises(SourceError):
                        source.list_files()


@pytest.mark.parametrize(
    ("address", "key", "https", "said"),
    [
        ("https://host/download/c", None, Https(), "MX_API_KEY: expected the key"),
        ("https://host/download/c", "two words", Https(), "MX_API_KEY: expected one word"),
        ("http://host/download/c", "k", Https(), "expected https://, found http://"),
        ("https:///download/c", "k", Https(), "found no host"),
        ("https://me:pw@host/download/c", "k", Https(), "expected no user name"),
        ("https://host/download/c", "k", Https(ca=Path("/nowhere")), "MX_HTTPS_CA"),
        ("https://host/download/c", "k", Https(cert=Path(__file__)), "MX_HTTPS_CERT"),
        ("https://host/download/c", "k", Https(proxy="nonsense"), "MX_HTTPS_PROXY"),
        ("https://[host/download/c", "k", Https(), "found no such address"),
        ("https://host:9_9/download/c", "k", Https(), "found no such address"),
        ("https://host/download/c?key=pw", "k", Https(), "found more after the path"),
        ("ftp://host/", "k", Https(), "found the scheme ftp"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(
    address: str, key: str | None, https: Https, said: str
) -> None:
    with (
        pytest.raises(SettingsError) as caught,
        open_source(address, api_key=key, https=https),
    ):
        pass

    assert said in str(caught.value)
    assert "pw" not in str(caught.value)
    assert "two words" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "no.such.host.invalid"])
def test_a_server_that_is_not_reached_is_named_with_the_next_step(host: str) -> None:
    address = f"https://{host}:1/download/{CLIENT}"

    with (
        open_source(address, api_key=API_KEY) as source,
        pytest.raises(SourceUnavailable, match=f"found no connection to {host} .*check MX_SOURCE"),
    ):
        source.list_files()


def test_only_so_many_files_come_at_once(api: Api, sender: Sender) -> None:
    for number in range(3 * CONNECTIONS):
        sender.send(avro_bytes(users("x")), resource=f"kind_{number}", record_count=1)
    sender.send_manifest()
    asked: list[int] = []
    turn = threading.Lock()
    under_way = 0

    def stay() -> None:
        nonlocal under_way
        with turn:
            under_way += 1
            asked.append(under_way)
        time.sleep(0.1)
        with turn:
            under_way -= 1

    api.faults.plan_always(faulty.doing(stay))

    assert api.pull().files_landed == 3 * CONNECTIONS + 1
    assert 1 < max(asked) <= CONNECTIONS
