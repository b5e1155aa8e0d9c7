"""Requests to an HTTP server, and its answers, complete or of one byte range (RFC 9110, 14)."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

CHUNK_BYTES = 1 << 16
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; its repr does not show the key."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case; without the API key."""
    api_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, headers, and a body that is read while it is sent."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[bytes]
    """An empty chunk means that there is nothing yet."""


class Refused(Exception):  # noqa: N818 - an answer, not an error of the server
    """The request is answered with a status other than that of success."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Answer:
        text = json.dumps({"error": {"status": self.status, "message": str(self)}})
        return complete(self.status, text.encode(), kind="application/json", **self.headers)


def complete(status: int, body: bytes, *, kind: str, **headers: str) -> Answer:
    """Make an answer with a complete body."""
    known = {"Content-Type": kind, "Content-Length": str(len(body))}
    return Answer(status=status, headers=known | headers, chunks=[body])


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
