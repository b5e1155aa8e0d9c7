"""An HTTPS server with a thread for each connection, which leaves no thread when it ends."""

import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from socketserver import TCPServer
from typing import Any, Protocol

from sample.serve.answers import Answer, Request
from sample.serve.certificates import load_chain

IDLE_S = 60
POLL_S = 0.05
KEY_HEADER = "md-api-key"

Answering = Callable[[Request], AbstractContextManager[Answer]]


class Faults(Protocol):
    """Faults of the server, for tests."""

    def change_tls(self, context: ssl.SSLContext) -> None:
        """Change the server's certificate, or what it requires of clients."""

    def around(self, answering: Answering) -> Answering:
        """Wrap the answers to requests; an OSError, also in chunks, breaks the connection."""


@contextmanager
def serve_https(
    answering: Answering,
    *,
    chain: tuple[bytes, bytes],
    address: tuple[str, int],
    faults: Faults | None,
) -> Iterator[int]:
    """Serve until the block ends, and yield the port; port 0 takes a free one.

    Args:
        chain: the server's certificate and its key, as PEM.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_chain(context, *chain)
    if faults:
        faults.change_tls(context)
        answering = faults.around(answering)
    with _Server(address, answering=answering, context=context) as server:
        serving = threading.Thread(target=server.serve_forever, args=(POLL_S,))
        serving.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            serving.join()
            server.break_off()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(
        self, address: tuple[str, int], *, answering: Answering, context: ssl.SSLContext
    ) -> None:
        self.answering = answering
        self.is_closing = False
        self._context = context
        self._turn = threading.Lock()
        self._connections: set[socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Skip the base class's query to a name server, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Do the TLS handshake in the connection's own thread, so that no other waits."""
        request.settimeout(IDLE_S)
        secured = self._context.wrap_socket(
            request, server_side=True, do_handshake_on_connect=False
        )
        with secured, self._listed(secured):
            secured.do_handshake()
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report unforeseen errors, but not a client that breaks off."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    @contextmanager
    def _listed(self, connection: socket) -> Iterator[None]:
        with self._turn:
            if self.is_closing:
                raise ConnectionAbortedError
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._turn:
                self._connections.remove(connection)

    def break_off(self) -> None:
        """Wake the threads that wait for clients, so that they end."""
        with self._turn:
            self.is_closing = True
            for connection in self._connections:
                # the shutdown of TLS would change state that another thread reads
                with suppress(OSError):
                    socket.shutdown(connection, SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_S

    def version_string(self) -> str:
        return "mx-ingest-sample"

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the first line of a request may hold anything."""

    def parse_request(self) -> bool:
        """Send every method the same way; the base class looks for one function each."""
        if not super().parse_request():
            return False
        self.command, self.method = "any", self.command
        return True

    def do_any(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        api_key = headers.pop(KEY_HEADER, None)
        request = Request(method=self.method, path=self.path, headers=headers, api_key=api_key)
        try:
            with self.server.answering(request) as answer:
                self._send(answer)
        except OSError:
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.method != "GET":
            # the body of such a request is not read
            self.send_header("Connection", "close")
        self.end_headers()
        size_bytes = 0 if self.method == "HEAD" else self._send_chunks(answer)
        is_framed = "Transfer-Encoding" in answer.headers
        if not is_framed and answer.headers.get("Content-Length") != str(size_bytes):
            self.close_connection = True

    def _send_chunks(self, answer: Answer) -> int:
        size_bytes = 0
        for chunk in answer.chunks:
            if self.server.is_closing:
                raise ConnectionAbortedError
            if chunk:
                size_bytes += self.wfile.write(chunk)
        return size_bytes
