"""Requests to an HTTP server, and its answers."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

CHUNK_BYTES = 1 << 16


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
