"""A web server of a test, in a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer

POLL_S = 0.05
"""How long an end takes at most."""


@contextmanager
def serving(server: HTTPServer) -> Iterator[HTTPServer]:
    """Answer while the block runs."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL_S,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
