"""The ways from the sender to the receiver in a demonstration, each over a local server."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.openpgp.keyring import Keyring
from ingest.receive.sources import Https, Source, open_source
from sample.serve.reporting_api import serve_reporting_api
from sample.serve.sftp_server import serve_sftp

ACCOUNT = "mx"
SECRET_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where the sender puts its files, and how the receiver opens them."""

    shown: str
    to: str
    password: str | None = None
    known_hosts: Path | None = None
    open: Callable[[], AbstractContextManager[Source]]


@contextmanager
def over_sftp(folder: Path, *, keyring: Keyring) -> Iterator[Way]:
    password = secrets.token_urlsafe(SECRET_BYTES)
    upload, known_hosts = _upload(folder), folder / "known_hosts"
    with serve_sftp(upload, user=ACCOUNT, password=password) as server:
        known_hosts.write_text(server.known_hosts_line)
        address = f"sftp://{ACCOUNT}@{server.host}:{server.port}/"
        yield Way(
            shown=address,
            to=address,
            password=password,
            known_hosts=known_hosts,
            open=lambda: open_source(address, password=password, known_hosts=known_hosts),
        )


@contextmanager
def over_https(folder: Path, *, keyring: Keyring) -> Iterator[Way]:
    api_key = secrets.token_urlsafe(SECRET_BYTES)
    upload = _upload(folder)
    with serve_reporting_api(upload, keyring=keyring, api_key=api_key) as server:

        def open_api() -> AbstractContextManager[Source]:
            [client] = server.deliveries.clients()
            return open_source(
                server.address_of(client), api_key=api_key, https=Https(ca=server.ca)
            )

        yield Way(shown=server.address_of("CLT-..."), to=str(upload), open=open_api)


def _upload(folder: Path) -> Path:
    upload = folder / "upload"
    upload.mkdir()
    return upload


WAYS = {"sftp": over_sftp, "https": over_https}
