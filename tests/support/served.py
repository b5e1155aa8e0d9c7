"""A web server on loopback that answers as a test says, and keeps the requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.serving import serving


class Served:
    """The answers of a server, and the requests that it received."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.status = 200

    @contextmanager
    def serve(self) -> Iterator[str]:
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.asked.append((self.path, self.headers.get("MD-API-KEY")))
                body = served.bodies.get(self.path)
                self.send_response(served.status if body is not None else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
            yield f"http://127.0.0.1:{server.server_port}"
