"""Failures of HTTPS as errors that name the file, and what each status means for it."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, NoReturn
from urllib.parse import urlsplit

import httpx

from ingest.errors import (
    FileAbsent,
    FileGone,
    NotResumable,
    SourceError,
    SourceRefused,
    SourceUnavailable,
)

LONGEST_RETRY_AFTER_S: Final = 120


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
        raise SourceUnavailable(
            f"https: expected {subject}, found the connection broken ({type(error).__name__})"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise SourceError(f"https: expected {subject}, found {type(error).__name__}") from error


def refuse_compressed(subject: str, response: httpx.Response) -> None:
    """Refuse a compressed body: a few bytes of one can decompress to gigabytes.

    Every request asks for `identity`, so no server has to compress.

    Raises:
        SourceError: the answer names another content coding (RFC 9110, 8.4).
    """
    codings = response.headers.get_list("content-encoding", split_commas=True)
    found = sorted({each.strip().lower() for each in codings} - {"", "identity"})
    if found:
        raise SourceError(
            f"https: expected {subject} without Content-Encoding, as was asked for, "
            f"found {', '.join(found)[:80]!a}; turn compression off on the server or proxy"
        )


def refuse_status(subject: str, response: httpx.Response, *, advice: Mapping[int, str]) -> NoReturn:
    """Raise the error that a status means.

    Raises:
        SourceError: always, of a type that depends on the status.
    """
    status = response.status_code
    message = f"https: expected {subject}, found status {status}"
    if response.is_redirect:
        host = urlsplit(response.headers.get("location", "")).hostname
        raise SourceError(f"{message}, which leads to {host or 'another path'}; see MX_SOURCE")
    message += f"; {advice[status]}" if status in advice else ""
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise SourceRefused(message)
        case HTTPStatus.NOT_FOUND:
            raise FileAbsent(message)
        case HTTPStatus.GONE:
            raise FileGone(message)
        case HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise NotResumable(message)
    if status in (408, 425, 429) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _later(message, response)
    raise SourceError(message)


def _later(message: str, response: httpx.Response) -> SourceError:
    retry_after_s = _retry_after_s(response.headers.get("retry-after", ""))
    if retry_after_s > LONGEST_RETRY_AFTER_S:
        return SourceRefused(f"{message}, which asks for no request for {retry_after_s:,.0f} s")
    return SourceUnavailable(message, retry_after_s=retry_after_s)


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
    """Return why a certificate was not trusted, if that caused an error."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None
