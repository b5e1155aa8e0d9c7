"""A proxy before an object storage that spoils chosen requests."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.serving import serving

CUT_BEFORE, CUT_AFTER = "cut before the request", "cut after the request"
Fault = str | int | float | None
"""A cut, a status, seconds to wait, or nothing."""
ERRORS = {
    200: "OK",
    503: "SlowDown",
    507: "InsufficientStorage",
    403: "AccessDenied",
    501: "NotImplemented",
}


@dataclass
class Spoiled:
    """The proxy: `fault` says of each request what is done to it."""

    endpoint: str = ""
    fault: Callable[[str, str], Fault] = lambda method, path: None
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each request."""
    left_out: str = ""
    """The header that is not passed on."""
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def spoiled(endpoint: str) -> Iterator[Spoiled]:
    """Start a proxy before a server."""
    proxy, beyond = Spoiled(), urlsplit(endpoint).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            proxy.asked.append((self.command, self.path))
            proxy.headers.append({name.lower(): value for name, value in self.headers.items()})
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fault = proxy.fault(self.command, self.path)
            if fault == CUT_BEFORE:
                self._cut()
            elif isinstance(fault, int):
                self._refuse(fault)
            else:
                time.sleep(fault if isinstance(fault, float) else 0)
                self._pass_on(body, is_cut=fault == CUT_AFTER)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815 - their names

        def _cut(self) -> None:
            self.close_connection = True

        def _refuse(self, status: int) -> None:
            text = (
                f"<Error><Code>{ERRORS[status]}</Code><Message>as the test asks</Message></Error>"
            )
            self.send_response(status)
            self.send_header("ETag", '"of nothing"')
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text.encode())

        def _pass_on(self, body: bytes, *, is_cut: bool) -> None:
            connection = http.client.HTTPConnection(beyond, timeout=30)
            del self.headers[proxy.left_out]
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            if is_cut:
                self._cut()
                return
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection"):
                    self.send_header(name, value)
            if answer.getheader("Content-Length") is None:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        proxy.endpoint = f"http://127.0.0.1:{server.server_port}"
        yield proxy
