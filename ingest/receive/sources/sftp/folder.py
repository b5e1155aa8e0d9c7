"""A folder on an SFTP server as a source."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

from ingest.errors import SourceUnavailable
from ingest.receive.sources import SourceFile, most_bytes
from ingest.receive.sources.sftp.connections import Connections
from ingest.receive.sources.sftp.failures import explain_failures, list_beside_absent
from ingest.receive.sources.sftp.file import RemoteFile
from ingest.receive.sources.sftp.listing import list_folder, path_in
from ingest.receive.sources.sftp.login import Login, read_login
from ingest.receive.sources.sftp.messages import ANY_BYTES


class SftpFolder:
    """A folder on an SFTP server; each open file has a connection of its own."""

    def __init__(self, folder: str, *, login: Login) -> None:
        self._folder = folder.rstrip("/")
        self._connections = Connections(login)
        self._where = login.where
        self._sizes: dict[str, int] = {}
        """As last listed, by name; 0 where nothing says it."""

    def list_files(self) -> list[SourceFile]:
        with (
            self._connections.lend() as session,
            explain_failures(f"the folder {self._folder or '/'}"),
            list_beside_absent(session, self._folder, where=self._where),
        ):
            files = list_folder(session, self._folder)
        self._sizes = {listed.name: listed.size_bytes for listed in files}
        return files

    @contextmanager
    def open_file(self, name: str, *, offset: int) -> Iterator[BinaryIO]:
        subject, path = f"the file {name!r}", path_in(self._folder, name)
        size_bytes = self._sizes.get(name, 0)
        with self._connections.lend() as session:
            with explain_failures(subject):
                remote = RemoteFile(session, path, offset=offset, size_bytes=size_bytes)
            stream = _Stream(remote, subject, offset=offset, limit=most_bytes(size_bytes))
            try:
                yield cast("BinaryIO", stream)
            finally:
                remote.forget_requests()
            with explain_failures(subject):
                remote.close()

    def close(self) -> None:
        self._connections.close()


class _Stream:
    """Reads a remote file up to a limit, and raises SourceErrors that name it."""

    def __init__(self, remote: RemoteFile, subject: str, *, offset: int, limit: int) -> None:
        self._remote = remote
        self._subject = subject
        self._position = offset
        self._limit = limit

    def read(self, size: int, /) -> bytes:
        with explain_failures(self._subject):
            block = self._remote.read(size)
        self._position += len(block)
        if self._position > self._limit:  # a file that grows is listed and requested again
            raise SourceUnavailable(
                f"sftp: expected a file of at most {self._limit:,} bytes, found more"
            )
        return block


@contextmanager
def open_sftp(
    address: str, *, password: str | None, private_key: str | None, known_hosts: Path
) -> Iterator[SftpFolder]:
    """Open `sftp://user@host:port/folder`; the connection is made when it is first needed.

    Raises:
        SettingsError: the address or the means to log in are malformed or missing.
    """
    login = read_login(address, password=password, private_key=private_key, known_hosts=known_hosts)
    folder = SftpFolder(unquote(urlsplit(address).path, errors=ANY_BYTES), login=login)
    try:
        yield folder
    finally:
        folder.close()
