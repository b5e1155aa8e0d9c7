"""A folder on an SFTP server as a source."""

import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

import paramiko

from ingest.errors import SourceError, SourceUnavailable
from ingest.sources import SourceFile
from ingest.sources.ssh import TIMEOUT_S, Login, connect, read_login

ANY_BYTES = "surrogateescape"
WINDOW_BYTES = 16 << 20
"""How much is asked for ahead: one request at a time is forty times slower, all of it at once
holds the whole file in memory."""


class _Sftp(paramiko.SFTPClient):
    """A client that one file's name in another encoding does not keep from seeing the others."""

    def _request(self, kind: int, *arguments: Any) -> tuple[int, paramiko.Message]:
        answer, message = super()._request(kind, *arguments)  # type: ignore[misc]
        message.get_text = lambda: message.get_string().decode(errors=ANY_BYTES)
        return answer, message


def _silenced(ask: Callable[..., None]) -> Callable[..., None]:
    """A connection that breaks is told by whoever reads, not by the thread that asks ahead."""

    def ask_quietly(*arguments: Any) -> None:
        with suppress(paramiko.SSHException, OSError, EOFError):
            ask(*arguments)

    return ask_quietly


class SftpFolder:
    """A folder on an SFTP server, over one connection that is made again when it has broken."""

    def __init__(self, folder: str, *, login: Login) -> None:
        self._folder = folder.rstrip("/")
        self._login = login
        self._client: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None

    def list_files(self) -> list[SourceFile]:
        with self._told(f"the folder {self._folder or '/'}"):
            return [
                SourceFile(
                    name=entry.filename,
                    size_bytes=entry.st_size or 0,
                    modified_at=float(entry.st_mtime or 0),
                )
                for entry in self._session().listdir_attr(self._folder or "/")
                if stat.S_ISREG(entry.st_mode or 0)
            ]

    @contextmanager
    def open_file(self, name: str, *, offset: int) -> Iterator[BinaryIO]:
        subject = f"the file {name!r}"
        with self._told(subject):
            path = f"{self._folder}/{name}".encode(errors=ANY_BYTES)
            remote = self._session().open(path, "rb")
            remote._prefetch_thread = _silenced(remote._prefetch_thread)  # type: ignore[attr-defined]
            size = remote.stat().st_size or 0
        try:
            ahead = _ReadAhead(remote, told=self._told(subject), offset=offset, size=size)
            yield cast("BinaryIO", ahead)
        finally:
            with self._told(subject):
                remote.close()

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._sftp = None

    def _session(self) -> paramiko.SFTPClient:
        if self._sftp is None:
            self._client = connect(self._login)
            transport = self._client.get_transport()
            self._sftp = _Sftp.from_transport(transport) if transport else None
            if self._sftp is None or (channel := self._sftp.get_channel()) is None:
                raise SourceUnavailable("sftp: expected a session, found the connection closed")
            channel.settimeout(TIMEOUT_S)
        return self._sftp

    def _told(self, subject: str) -> "_Told":
        return _Told(self, subject)


class _Told(AbstractContextManager[None]):
    """Says in our words how paramiko failed; may be entered for every read."""

    def __init__(self, folder: SftpFolder, subject: str) -> None:
        self._folder = folder
        self._subject = subject

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise SourceError(f"sftp: expected {self._subject}, found nothing there") from error
        if isinstance(error, PermissionError):
            raise SourceError(f"sftp: expected {self._subject}, found it forbidden") from error
        if isinstance(error, (paramiko.SSHException, OSError, EOFError)):
            self._folder.close()
            raise SourceUnavailable(
                f"sftp: expected {self._subject}, found the connection broken "
                f"({type(error).__name__})"
            ) from error


class _ReadAhead:
    """A remote file, read ahead by one window at a time."""

    def __init__(self, remote: paramiko.SFTPFile, *, told: _Told, offset: int, size: int) -> None:
        self._remote = remote
        self._told = told
        self._position = self._ahead = offset
        self._size = size
        remote.seek(offset)

    def read(self, size: int, /) -> bytes:
        with self._told:
            if self._position >= self._ahead and self._ahead < self._size:
                self._ahead = min(self._position + WINDOW_BYTES, self._size)
                self._remote.prefetch(self._ahead)
            data = self._remote.read(min(size, self._ahead - self._position))
        self._position += len(data)
        return data


@contextmanager
def open_sftp(
    address: str, *, password: str | None, private_key: str | None, known_hosts: Path
) -> Iterator[SftpFolder]:
    """Open `sftp://user@host:port/folder`; the connection is made with the first look.

    Raises:
        SettingsError: the address or the means to log in are malformed or missing.
    """
    login = read_login(address, password=password, private_key=private_key, known_hosts=known_hosts)
    folder = SftpFolder(unquote(urlsplit(address).path), login=login)
    try:
        yield folder
    finally:
        folder.close()
