"""Byte ranges of HTTP (RFC 9110, section 14), one range a request."""

import re
from http import HTTPStatus

from sample.serve.answers import Refused

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


def read_range(header: str | None, *, size_bytes: int) -> range | None:
    """Return the requested bytes; None means all, because malformed ranges are ignored.

    Raises:
        Refused: the body has no such bytes.
    """
    match = _ONE_RANGE.fullmatch(header.replace(" ", "")) if header else None
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        wanted = range(max(size_bytes - int(last), 0), size_bytes)
    elif last and int(last) < int(first):
        return None
    else:
        wanted = range(int(first), min(int(last or size_bytes) + 1, size_bytes))
    if not wanted:
        raise Refused(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            f"the body has {size_bytes} bytes",
            Content_Range=f"bytes */{size_bytes}",
        )
    return wanted
