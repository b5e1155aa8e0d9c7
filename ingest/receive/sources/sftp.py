"""A folder on an SFTP server as a source."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

import paramiko

from ingest.errors import IngestError, SourceError, SourceUnavailable
from ingest.receive.sources import SourceFile, most_bytes
from ingest.receive.sources.sftp_absent import saying_what_is_there
from ingest.receive.sources.sftp_file import RemoteFile
from ingest.receive.sources.sftp_listing import list_folder, path_in
from ingest.receive.sources.sftp_session import ANY_BYTES, Session, is_failure, open_session
from ingest.receive.sources.ssh import Login, connect, read_login

CONNECTIONS = 4
"""66 small files from 20 ms away take 2.8 s over 2, 1.7 s over 4, 1.4 s over 8; on one machine 4
and 8 are as fast. More are more likely to be refused."""


class SftpFolder:
    """A folder on an SFTP server, over a connection for each file that is open at once."""

    def __init__(self, folder: str, *, login: Login) -> None:
        self._folder = folder.rstrip("/")
        self._connections = _Connections(login)
        self._where = login.where
        self._sizes: dict[str, int] = {}
        """As last listed, by name; 0 where nothing says it."""

    def list_files(self) -> list[SourceFile]:
        told = _Told(f"the folder {self._folder or '/'}")
        with (
            self._connections.lend() as session,
            told,
            saying_what_is_there(session, self._folder, where=self._where),
        ):
            files = list_folder(session, self._folder)
        self._sizes = {listed.name: listed.size_bytes for listed in files}
        return files

    @contextmanager
    def open_file(self, name: str, *, offset: int) -> Iterator[BinaryIO]:
        told = _Told(f"the file {name!r}")
        size_bytes = self._sizes.get(name, 0)
        path = path_in(self._folder, name)
        with self._connections.lend() as session:
            with told:
                remote = RemoteFile(session, path, offset=offset, size_bytes=size_bytes)
            limit = most_bytes(size_bytes)
            yield cast("BinaryIO", _Stream(remote, told, offset=offset, limit=limit))
            with told:
                remote.close()

    def close(self) -> None:
        self._connections.close()


@dataclass(frozen=True, slots=True)
class _Connection:
    client: paramiko.SSHClient
    session: Session


class _Connections:
    """Connections that are kept while they work: what one file breaks, no other notices."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._idle: list[_Connection] = []
        self._begun = 0
        self._working = 0
        """Of those begun, the ones that are logged in."""
        self._most = CONNECTIONS
        """Fewer once the server has refused one."""
        self._changed = threading.Condition()

    @contextmanager
    def lend(self) -> Iterator[Session]:
        """Lend a session to one thread; it is not lent again if it has broken, or is in disorder.

        Raises:
            SourceError: there is no connection, and none can be made.
        """
        connection = self._take()
        is_in_order = False
        try:
            yield connection.session
            is_in_order = True
        except SourceError as error:
            is_in_order = not isinstance(error, SourceUnavailable)
            raise
        finally:
            self._give_back(connection, is_in_order=is_in_order)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().client.close()

    def _take(self) -> _Connection:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._idle or self._begun < self._most)
                if self._idle:
                    return self._idle.pop()
                self._begun += 1
            try:
                connection = _connect(self._login)
            except IngestError as error:
                if not self._must_share() or not isinstance(error, SourceError):
                    raise
            else:
                with self._changed:
                    self._working += 1
                return connection

    def _must_share(self) -> bool:
        """Say whether those that work must do, as the server has refused one more."""
        with self._changed:
            self._begun -= 1
            self._most = self._working or CONNECTIONS
            self._changed.notify_all()
            return self._working > 0

    def _give_back(self, connection: _Connection, *, is_in_order: bool) -> None:
        with self._changed:
            if is_in_order:
                self._idle.append(connection)
            else:
                self._begun -= 1
                self._working -= 1
            self._changed.notify_all()
        if not is_in_order:
            connection.client.close()


def _connect(login: Login) -> _Connection:
    client = connect(login)
    try:
        with _Told("a session"):
            return _Connection(client, open_session(client))
    except SourceError:
        client.close()
        raise


class _Told(AbstractContextManager[None]):
    """Says in our words how paramiko failed; may be entered for every read."""

    def __init__(self, subject: str) -> None:
        self._subject = subject

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise SourceError(f"sftp: expected {self._subject}, found nothing there") from error
        if isinstance(error, PermissionError):
            raise SourceError(f"sftp: expected {self._subject}, found it forbidden") from error
        if isinstance(error, OSError) and is_failure(error):
            raise SourceUnavailable(
                f"sftp: expected {self._subject}, found that the server answers {str(error)[:80]!a}"
            ) from error
        if isinstance(error, (paramiko.SSHException, paramiko.SFTPError, OSError, EOFError)):
            raise SourceUnavailable(
                f"sftp: expected {self._subject}, found the connection broken "
                f"({type(error).__name__})"
            ) from error


class _Stream:
    """A remote file whose failures are told in our words."""

    def __init__(self, remote: RemoteFile, told: _Told, *, offset: int, limit: int) -> None:
        self._remote = remote
        self._told = told
        self._position = offset
        self._limit = limit

    def read(self, size: int, /) -> bytes:
        with self._told:
            block = self._remote.read(size)
        self._position += len(block)
        if self._position > self._limit:  # a file that grows is listed anew, and asked for again
            raise SourceUnavailable(
                f"sftp: expected a file of at most {self._limit:,} bytes, found more"
            )
        return block


@contextmanager
def open_sftp(
    address: str, *, password: str | None, private_key: str | None, known_hosts: Path
) -> Iterator[SftpFolder]:
    """Open `sftp://user@host:port/folder`; the connection is made with the first look.

    Raises:
        SettingsError: the address or the means to log in are malformed or missing.
    """
    login = read_login(address, password=password, private_key=private_key, known_hosts=known_hosts)
    folder = SftpFolder(unquote(urlsplit(address).path, errors=ANY_BYTES), login=login)
    try:
        yield folder
    finally:
        folder.close()
