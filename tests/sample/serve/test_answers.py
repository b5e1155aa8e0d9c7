"""Answers are framed, and a request's key is in no repr."""

import json
from http import HTTPStatus

from sample.serve.answers import Refused, Request, complete


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
