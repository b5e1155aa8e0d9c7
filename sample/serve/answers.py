"""What an HTTP server is asked, and what it answers; how is left to it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, whose secret shows in no repr."""

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
    """An empty one says that there is nothing yet."""


class Refused(Exception):  # noqa: N818 - an answer, of the kind that is no error of the server's
    """The request is answered with a status other than that of success."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Answer:
        text = json.dumps({"error": {"status": self.status, "message": str(self)}})
        return whole(self.status, text.encode(), kind="application/json", **self.headers)


def whole(status: int, body: bytes, *, kind: str, **headers: str) -> Answer:
    """Make an answer of a body that is there."""
    known = {"Content-Type": kind, "Content-Length": str(len(body))}
    return Answer(status=status, headers=known | headers, chunks=[body])
