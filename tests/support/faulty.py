"""Faults of a Reporting API: each changes a request, its answer, or the server's certificate."""

import gzip
import json
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sample.serve.answers import Answer, Request, complete
from sample.serve.certificates import Authority, load_chain
from tests.support.reporting_api import ChangeTls, Fault

TICK_S = 0.02


def status(code: int, *, retry_after: str | None = None) -> Fault:
    """Refuse, and say when to ask again: in seconds, or as an HTTP date."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return Fault(after=lambda _: complete(code, b"{}", kind="application/json", **headers))


def redirect(to: str, *, code: int = 302) -> Fault:
    return Fault(after=lambda _: complete(code, b"", kind="text/plain", Location=to))


def hang_up() -> Fault:
    """Break off before the answer."""

    def after(_: Answer) -> Answer:
        raise ConnectionAbortedError

    return Fault(after=after)


def cut(*, after_bytes: int) -> Fault:
    """Break off within the body."""

    def chunks(answer: Answer) -> Iterator[bytes]:
        yield from _first(answer.chunks, after_bytes)
        raise ConnectionAbortedError

    return _resent(chunks)


def stall(*, after_bytes: int = 0, for_s: float = 60) -> Fault:
    """Fall silent within the body, and go on after a while if the client still waits."""

    def chunks(answer: Answer) -> Iterator[bytes]:
        body = b"".join(answer.chunks)
        yield body[:after_bytes]
        yield from _silence(for_s)
        yield body[after_bytes:]

    return _resent(chunks)


def trickle(*, chunk_bytes: int, every_s: float) -> Fault:
    """Send slowly, but never stop for long."""

    def chunks(answer: Answer) -> Iterator[bytes]:
        body = b"".join(answer.chunks)
        for start in range(0, len(body), chunk_bytes):
            yield body[start : start + chunk_bytes]
            yield from _silence(every_s)

    return _resent(chunks)


def content_length(*, off_by: int) -> Fault:
    """Claim another length than the body has."""
    return Fault(
        after=lambda answer: _with(
            answer, {"Content-Length": str(int(answer.headers["Content-Length"]) + off_by)}
        )
    )


def edited(edit: Callable[[bytes], bytes]) -> Fault:
    """Send another body, of the same tag, under its true length."""

    def after(answer: Answer) -> Answer:
        body = edit(b"".join(answer.chunks))
        return replace(_with(answer, {"Content-Length": str(len(body))}), chunks=[body])

    return Fault(after=after)


def edited_list(edit: Callable[[list[dict[str, Any]]], list[Any]]) -> Fault:
    """List other files, or the same ones with other facts."""

    def edit_json(body: bytes) -> bytes:
        listed = json.loads(body)
        listed["daily_snapshot_files"] = edit(listed["daily_snapshot_files"])
        return json.dumps(listed).encode()

    return edited(edit_json)


def without_ranges() -> Fault:
    """Send the complete body with 200, also where a part was requested."""
    return Fault(before=lambda request: _without_header(request, "range"))


def content_range(value: str) -> Fault:
    """Claim to send another part than the one that is sent."""
    return Fault(after=lambda answer: _with(answer, {"Content-Range": value}))


def doing(act: Callable[[], object]) -> Fault:
    """Act before the request is answered: replace a file, say."""

    def before(request: Request) -> Request:
        act()
        return request

    return Fault(before=before)


def endless(chunk: bytes, *, size_bytes: int = 1 << 40) -> Fault:
    """Send a body that is far too large, without its length."""

    def after(answer: Answer) -> Answer:
        chunks = (chunk for _ in range(size_bytes // len(chunk)))
        return replace(_without_length(answer), chunks=chunks)

    return Fault(after=after)


def zipped(*, coding: str = "gzip") -> Fault:
    """Compress the body, and name the coding as a test says."""

    def after(answer: Answer) -> Answer:
        body = gzip.compress(b"".join(answer.chunks))
        headers = {"Content-Encoding": coding, "Content-Length": str(len(body))}
        return replace(_with(answer, headers), chunks=[body])

    return Fault(after=after)


def bomb(*, size_bytes: int) -> Fault:
    """Send a few bytes that are many once they are decompressed twice."""
    body = gzip.compress(gzip.compress(bytes(size_bytes)))
    headers = {"Content-Encoding": "gzip, gzip", "Content-Length": str(len(body))}
    return Fault(after=lambda answer: replace(_with(answer, headers), chunks=[body]))


def headed(**headers: str) -> Fault:
    """Send the same body under other headers; `_` becomes `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(after=lambda answer: _with(answer, named))


def chunked() -> Fault:
    """Send the body in chunks, so that its length is known at its end only."""

    def after(answer: Answer) -> Answer:
        framed = (f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in answer.chunks)
        answer = _with(_without_length(answer), {"Transfer-Encoding": "chunked"})
        return replace(answer, chunks=_and(framed, b"0\r\n\r\n"))

    return Fault(after=after)


def proven_by(authority: Authority, *hosts: str) -> ChangeTls:
    """Prove to be the server with a certificate of another authority, or for other hosts."""
    return lambda context: load_chain(context, *authority.issue(*(hosts or ("127.0.0.1",))))


def demanding_certificates_of(authority: Authority) -> ChangeTls:
    """Require a client certificate of an authority."""

    def change(context: ssl.SSLContext) -> None:
        context.load_verify_locations(cadata=authority.pem.decode())
        context.verify_mode = ssl.CERT_REQUIRED

    return change


def _resent(chunks: Callable[[Answer], Iterator[bytes]]) -> Fault:
    return Fault(after=lambda answer: replace(answer, chunks=chunks(answer)))


def _silence(seconds: float) -> Iterator[bytes]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(min(TICK_S, seconds))
        yield b""


def _first(chunks: Iterable[bytes], size_bytes: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[:size_bytes]
        size_bytes -= len(chunk)
        if size_bytes <= 0:
            return


def _and(chunks: Iterable[bytes], last: bytes) -> Iterator[bytes]:
    yield from chunks
    yield last


def _with(answer: Answer, headers: Mapping[str, str]) -> Answer:
    return replace(answer, headers={**answer.headers, **headers})


def _without_length(answer: Answer) -> Answer:
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    return replace(answer, headers=headers)


def _without_header(request: Request, name: str) -> Request:
    headers = {each: value for each, value in request.headers.items() if each != name}
    return replace(request, headers=headers)
