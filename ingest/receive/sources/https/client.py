"""The HTTP client of sources over HTTPS: its certificates, its proxy, and what fails in it."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from ingest.errors import SettingsError, SourceError, SourceUnavailable
from ingest.receive.sources import Https
from ingest.receive.sources.https.failures import refuse_compressed, refuse_status

Response = httpx.Response
Advice = Mapping[int, str]
"""What to do about a status, by its number."""

CONNECTIONS: Final = 8
TIMEOUT: Final = httpx.Timeout(30, connect=15, pool=None)
"""Seconds to connect, and between two pieces of an answer; a slow file may take hours."""
_NOT_REACHED: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def check_address(address: str, *, setting: str) -> None:
    """Check that an address is encrypted, and holds no secret.

    Raises:
        SettingsError: it is not encrypted, is malformed, or holds a user name.
    """
    try:
        parts = urlsplit(address)
        is_numbered = parts.port is None or parts.port > 0
    except ValueError:
        is_numbered = False
    if not is_numbered:
        raise SettingsError(f"{setting}: expected https://host:port/path, found no such address")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise SettingsError(f"{setting}: expected https://, found {parts.scheme or 'no scheme'}://")
    if not parts.hostname:
        raise SettingsError(f"{setting}: expected https://host/download/<client_id>, found no host")
    if parts.username or parts.password:
        raise SettingsError(
            f"{setting}: expected no user name in it, found one; the key goes into MX_API_KEY"
        )


class Client:
    """Sends GET requests; several threads may use it at once."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    @contextmanager
    def get(
        self,
        url: str,
        *,
        subject: str,
        headers: Mapping[str, str],
        advice: Advice,
        accepted: tuple[HTTPStatus, ...] = (HTTPStatus.OK,),
    ) -> Iterator[Response]:
        """Send a request, and yield the answer before its body is read.

        Args:
            subject: names what is requested in every message; the URL may hold a secret.

        Raises:
            SourceError: there is no such answer; the type says why.
        """
        request = self._client.stream("GET", url, headers=dict(headers))
        with explain_failures(subject), request as response:
            if response.status_code not in accepted:
                refuse_status(subject, response.status_code, response.headers, advice=advice)
            refuse_compressed(subject, response.headers)
            yield response

    def read(
        self, url: str, *, subject: str, headers: Mapping[str, str], advice: Advice, max_bytes: int
    ) -> bytes | None:
        """Read a body into memory; None if it is longer than max_bytes.

        Raises:
            SourceError: there is no such answer; the type says why.
        """
        body = bytearray()
        with self.get(url, subject=subject, headers=headers, advice=advice) as response:
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > max_bytes:
                    return None
        return bytes(body)


@contextmanager
def open_client(https: Https) -> Iterator[Client]:
    """Open a client that is closed with the block.

    Raises:
        SettingsError: a certificate cannot be read, or the proxy's address is malformed.
    """
    try:
        client = httpx.Client(
            verify=_trust(https),
            proxy=https.proxy or None,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            headers={"User-Agent": "mx-ingest", "Accept-Encoding": "identity"},
        )
    except (ValueError, httpx.InvalidURL) as error:
        raise SettingsError(
            "MX_HTTPS_PROXY: expected http://host:port, found another address"
        ) from error
    with client:
        yield Client(client)


@contextmanager
def explain_failures(subject: str) -> Iterator[None]:
    """Raise what fails inside as an error that names what was expected.

    Raises:
        SourceError: the server's certificate is not trusted, or its answer is malformed.
        SourceUnavailable: the connection is broken.
    """
    try:
        yield
    except httpx.TransportError as error:
        if why := _distrust(error):
            raise SourceError(
                f"https: expected {subject}, found a certificate that is not trusted "
                f"({why}); see MX_HTTPS_CA"
            ) from error
        if isinstance(error, _NOT_REACHED):
            why = f"{type(error).__name__}: {ascii(str(error))[1:-1][:80]}"
            raise SourceUnavailable(
                f"https: expected {subject}, found no connection to {error.request.url.host} "
                f"({why}); check MX_SOURCE, MX_HTTPS_PROXY, and the firewalls between"
            ) from error
        raise SourceUnavailable(
            f"https: expected {subject}, found the connection broken ({type(error).__name__})"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise SourceError(f"https: expected {subject}, found {type(error).__name__}") from error


def _distrust(error: BaseException | None) -> str | None:
    """Return why a certificate was not trusted, if that caused an error."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None


def _trust(https: Https) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    if https.ca:
        with _readable("MX_HTTPS_CA", https.ca, "certificates in PEM"):
            context = ssl.create_default_context(cafile=https.ca)
    if https.cert:
        with _readable("MX_HTTPS_CERT", https.cert, "a certificate and its key in PEM, not locked"):
            context.load_cert_chain(https.cert, https.cert_key, password="")
    return context


@contextmanager
def _readable(setting: str, path: Path, expected: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        found = error.strerror if error.errno and not isinstance(error, ssl.SSLError) else "none"
        raise SettingsError(f"{setting}: expected {expected} in {path}, found {found}") from error
