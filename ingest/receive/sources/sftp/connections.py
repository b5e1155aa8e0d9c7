"""Connections to one SFTP server, which several threads share."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ingest.errors import IngestError, SourceError, SourceUnavailable
from ingest.receive.sources.sftp.failures import explain_failures
from ingest.receive.sources.sftp.login import Login
from ingest.receive.sources.sftp.session import Session
from ingest.receive.sources.sftp.ssh import connect

CONNECTIONS: Final = 4
"""66 small files from 20 ms away take 2.8 s over 2, 1.7 s over 4, 1.4 s over 8. On one machine 4
and 8 are as fast. Servers are more likely to refuse more."""


class Connections:
    """Connections to one server, each with a session that one thread uses at a time.

    A file that breaks its connection does not disturb the others.
    """

    def __init__(self, login: Login) -> None:
        self._login = login
        self._idle: list[Session] = []
        self._opened = 0
        """Logged in, or about to."""
        self._working = 0
        """Logged in."""
        self._most = CONNECTIONS
        """Fewer once the server has refused one."""
        self._changed = threading.Condition()

    @contextmanager
    def lend(self) -> Iterator[Session]:
        """Lend a session to one thread; it is not lent again if it breaks.

        Raises:
            SourceError: there is no connection, and none can be made.
        """
        session = self._take()
        is_in_order = False
        try:
            yield session
            is_in_order = True
        except SourceError as error:
            is_in_order = not isinstance(error, SourceUnavailable)
            raise
        finally:
            self._give_back(session, is_in_order=is_in_order)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> Session:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._idle or self._opened < self._most)
                if self._idle:
                    return self._idle.pop()
                self._opened += 1
            try:
                session = _connect(self._login)
            except IngestError as error:
                if not self._must_share() or not isinstance(error, SourceError):
                    raise
            else:
                with self._changed:
                    self._working += 1
                return session

    def _must_share(self) -> bool:
        """Say whether working connections are left to share; the server has refused one more."""
        with self._changed:
            self._opened -= 1
            self._most = self._working or CONNECTIONS
            self._changed.notify_all()
            return self._working > 0

    def _give_back(self, session: Session, *, is_in_order: bool) -> None:
        with self._changed:
            if is_in_order:
                self._idle.append(session)
            else:
                self._opened -= 1
                self._working -= 1
            self._changed.notify_all()
        if not is_in_order:
            session.close()


def _connect(login: Login) -> Session:
    client = connect(login)
    try:
        with explain_failures("a session"):
            return Session(client)
    except SourceError:
        client.close()
        raise
