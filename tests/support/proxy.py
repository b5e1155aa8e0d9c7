"""A proxy on this machine that requires a password."""

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.serving import serving


@dataclass
class Proxy:
    port: int
    user: str
    password: str
    asked: list[str] = field(default_factory=list)
    """The requested targets."""

    @property
    def address(self) -> str:
        return f"http://{self.user}:{self.password}@127.0.0.1:{self.port}"


@contextmanager
def proxying(*, user: str, password: str) -> Iterator[Proxy]:
    expected = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            if self.headers.get("Proxy-Authorization") != expected:
                self.send_error(407)
                return
            proxy.asked.append(self.path)
            host, _, port = self.path.rpartition(":")
            with socket.create_connection((host, int(port))) as beyond:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=_pump, args=(beyond, self.connection))
                back.start()
                _pump(self.connection, beyond)
                back.join()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    proxy = Proxy(server.server_port, user, password)
    with serving(server):
        yield proxy


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
