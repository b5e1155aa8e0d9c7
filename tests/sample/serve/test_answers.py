"""Answers are framed, and a request's key is in no repr."""

import json
from http import HTTPStatus

import pytest

from sample.serve.answers import Refused, Request, complete
from sample.serve.reporting_api import FILE_TYPE
from tests.sample.api_client import (
    Client,
    path_of,
    stored,
)
from tests.sample.conftest import SmallWorld


def test_a_complete_answer_has_its_length() -> None:
    answer = complete(200, b"body", kind="text/plain", Location="x")

    assert b"".join(answer.chunks) == b"body"
    assert answer.headers == {"Content-Type": "text/plain", "Content-Length": "4", "Location": "x"}


def test_a_refusal_is_an_answer_with_its_reason() -> None:
    answer = Refused(HTTPStatus.GONE, "too late", Retry_After="1").answer()

    assert (answer.status, answer.headers["Retry-After"]) == (410, "1")
    assert json.loads(b"".join(answer.chunks))["error"]["message"] == "too late"


def test_a_request_does_not_show_its_key() -> None:
    assert "secret" not in repr(Request(method="GET", path="/", headers={}, api_key="secret"))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=10-", slice(10, None)),
        ("bytes=-10", slice(-10, None)),
        ("bytes=5-999999999", slice(5, None)),
        ("BYTES = 7-7", slice(7, 8)),
    ],
)
def test_a_range_is_sent_alone(
    client: Client, small_world: SmallWorld, asked: str, expected: slice
) -> None:
    content = stored(small_world).read_bytes()
    answered = client.get(path_of(small_world), Accept=FILE_TYPE, Range=asked)

    part = content[expected]
    start = len(content[: expected.start])
    assert (answered.status, answered.body) == (206, part)
    assert answered.headers["Content-Length"] == str(len(part))
    assert (
        answered.headers["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(content)}"
    )


@pytest.mark.parametrize(
    "asked", ["bytes=9-0", "bytes=-", "bytes=1-2,4-5", "lines=0-1", "bytes=x-"]
)
def test_a_range_that_is_none_is_ignored(
    client: Client, small_world: SmallWorld, asked: str
) -> None:
    answered = client.get(path_of(small_world), Accept=FILE_TYPE, Range=asked)

    assert (answered.status, answered.body) == (200, stored(small_world).read_bytes())


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(
    client: Client, small_world: SmallWorld, asked: str
) -> None:
    answered = client.get(path_of(small_world), Accept=FILE_TYPE, Range=asked)

    size_bytes = stored(small_world).stat().st_size
    assert answered.status == 416
    assert answered.headers["Content-Range"] == f"bytes */{size_bytes}"
