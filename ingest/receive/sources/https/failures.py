"""Tell what each status of an HTTPS answer means for the file that was asked for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, NoReturn
from urllib.parse import urlsplit

from ingest.errors import (
    FileAbsent,
    FileGone,
    NotResumable,
    SourceError,
    SourceRefused,
    SourceUnavailable,
)

LONGEST_RETRY_AFTER_S: Final = 120


def refuse_compressed(subject: str, headers: Mapping[str, str]) -> None:
    """Refuse a compressed body: a few bytes of one can decompress to gigabytes.

    Every request asks for `identity`, so no server has to compress.

    Raises:
        SourceError: the answer names another content coding (RFC 9110, 8.4).
    """
    codings = headers.get("content-encoding", "").split(",")
    found = sorted({each.strip().lower() for each in codings} - {"", "identity"})
    if found:
        raise SourceError(
            f"https: expected {subject} without Content-Encoding, as was asked for, "
            f"found {', '.join(found)[:80]!a}; turn compression off on the server or proxy"
        )


def refuse_status(
    subject: str, status: int, headers: Mapping[str, str], *, advice: Mapping[int, str]
) -> NoReturn:
    """Raise the error that a status means.

    Args:
        headers: those of the answer; their names are in lower case.

    Raises:
        SourceError: always, of a type that depends on the status.
    """
    message = f"https: expected {subject}, found status {status}"
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        host = urlsplit(headers.get("location", "")).hostname
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
        raise _later(message, headers.get("retry-after", ""))
    raise SourceError(message)


def _later(message: str, retry_after: str) -> SourceError:
    retry_after_s = _retry_after_s(retry_after)
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
