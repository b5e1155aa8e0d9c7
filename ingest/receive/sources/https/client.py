"""HTTP for sources: who is trusted, what a status or a broken connection means for a file."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlsplit

import httpx

from ingest.errors import (
    FileAbsent,
    FileGone,
    NotResumable,
    SettingsError,
    SourceError,
    SourceRefused,
    SourceUnavailable,
)
from ingest.receive.sources import Https

CONNECTIONS: Final = 8
TIMEOUT: Final = httpx.Timeout(30, connect=15, pool=None)
"""Seconds until a connection, and between two pieces of an answer; a slow file may take hours."""
LONGEST_RETRY_AFTER_S: Final = 120
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def check_address(address: str, *, setting: str) -> None:
    """See that an address can be asked without telling secrets to others.

    Raises:
        SettingsError: it is not encrypted, or holds what belongs into other settings.
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


def make_client(https: Https) -> httpx.Client:
    """Make a client that several threads may use; whoever calls closes it.

    Raises:
        SettingsError: a certificate cannot be read, or the proxy's address is malformed.
    """
    try:
        return httpx.Client(
            verify=_trust(https),
            proxy=https.proxy or None,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            headers={"User-Agent": "mx-ingest", "Accept-Encoding": "identity"},
        )
    except (ValueError, httpx.InvalidURL) as error:
        raise SettingsError(
            "MX_HTTPS_PROXY: expected http://host:port, found what is no such address"
        ) from error


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


class Told:
    """Says in our words how a request failed; may be entered for every read."""

    def __init__(self, subject: str) -> None:
        self._subject = subject

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, httpx.TransportError) and (why := _distrust(error)):
            raise SourceError(
                f"https: expected {self._subject}, found a certificate that is not trusted "
                f"({why}); see MX_HTTPS_CA"
            ) from error
        if isinstance(error, httpx.TransportError):
            raise SourceUnavailable(
                f"https: expected {self._subject}, found the connection broken "
                f"({type(error).__name__})"
            ) from error
        if isinstance(error, httpx.HTTPError | httpx.InvalidURL | httpx.StreamError):
            raise SourceError(
                f"https: expected {self._subject}, found {type(error).__name__}"
            ) from error

    def refuse_coded(self, response: httpx.Response) -> None:
        """Refuse a compressed body: a few bytes of one can decompress to gigabytes.

        Every request asks for `identity`, so no server has to send anything else.

        Raises:
            SourceError: the answer names another content coding (RFC 9110, 8.4).
        """
        codings = response.headers.get_list("content-encoding", split_commas=True)
        found = sorted({each.strip().lower() for each in codings} - {"", "identity"})
        if found:
            raise SourceError(
                f"https: expected {self._subject} without Content-Encoding, as was asked for, "
                f"found {', '.join(found)[:80]!a}; turn compression off on the server or proxy"
            )

    def refuse(self, response: httpx.Response, *, advice: dict[int, str]) -> NoReturn:
        """Say what an answer means that is not the one that was asked for.

        Raises:
            SourceError: always, the kind of it by the status.
        """
        status = response.status_code
        said = f"https: expected {self._subject}, found status {status}"
        if response.is_redirect:
            host = urlsplit(response.headers.get("location", "")).hostname
            raise SourceError(f"{said}, which leads to {host or 'another path'}; see MX_SOURCE")
        said += f"; {advice[status]}" if status in advice else ""
        if status in (401, 403):
            raise SourceRefused(said)
        if status == httpx.codes.NOT_FOUND:
            raise FileAbsent(said)
        if status == httpx.codes.GONE:
            raise FileGone(said)
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise NotResumable(said)
        if status in (408, 425, 429) or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _later(said, response)
        raise SourceError(said)


def read_at_most(response: httpx.Response, size_bytes: int) -> bytes | None:
    """Read a body into memory as it comes; None where it has more bytes than that."""
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > size_bytes:
            return None
    return bytes(body)


def _later(said: str, response: httpx.Response) -> SourceError:
    retry_after_s = _retry_after_s(response.headers.get("retry-after", ""))
    if retry_after_s > LONGEST_RETRY_AFTER_S:
        return SourceRefused(f"{said}, and is to be left alone for {retry_after_s:,.0f} s")
    return SourceUnavailable(said, retry_after_s=retry_after_s)


def _retry_after_s(value: str) -> float:
    """Read how long to wait: seconds, or a date (RFC 9110, 10.2.3)."""
    if value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(tz=UTC)).total_seconds())


def _distrust(error: BaseException | None) -> str | None:
    """Find in what caused an error that a certificate was not trusted."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None
