"""The destination of deliveries: a folder here or on an SFTP server; no file is half-written."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from urllib.parse import unquote, urlsplit

import paramiko

from ingest.errors import SettingsError, SourceError
from ingest.receive.sources.sftp.login import read_login
from ingest.receive.sources.sftp.ssh import connect

UNFINISHED = ".filepart"


class Destination(Protocol):
    """A folder that receives files under a temporary name and then renames them."""

    workspace: Path
    """A file is written here before it is moved."""

    def put(self, made: Path, *, name: str) -> None:
        """Move a file from the workspace to its final name."""


class LocalDestination:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder

    def put(self, made: Path, *, name: str) -> None:
        made.replace(self.workspace / name)


class SftpDestination:
    """A folder on an SFTP server."""

    def __init__(self, sftp: paramiko.SFTPClient, *, folder: str, workspace: Path) -> None:
        self.workspace = workspace
        self._sftp = sftp
        self._folder = folder.rstrip("/")

    def put(self, made: Path, *, name: str) -> None:
        remote = f"{self._folder}/{name}"
        try:
            self._sftp.put(str(made), remote + UNFINISHED)
            self._rename(remote + UNFINISHED, remote)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise SourceError(
                f"sftp: expected to write {name}, found {type(error).__name__}"
            ) from error
        made.unlink()

    def _rename(self, old: str, new: str) -> None:
        """Rename, also over an older file; some servers lack the extension `posix-rename`."""
        try:
            self._sftp.posix_rename(old, new)
        except OSError:
            with suppress(OSError):
                self._sftp.remove(new)
            self._sftp.rename(old, new)


@contextmanager
def open_destination(
    to: str, *, password: str | None, known_hosts: Path | None
) -> Iterator[Destination]:
    """Open a folder or `sftp://user@host:port/folder` for writing.

    Raises:
        SettingsError: the address or the means to log in are malformed or missing.
        SourceError: it cannot be reached or written.
    """
    if urlsplit(to).scheme != "sftp":
        folder = Path(to).expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        yield LocalDestination(folder)
        return
    if known_hosts is None:
        raise SettingsError("MX_SFTP_KNOWN_HOSTS: expected for an sftp address, found nothing")
    login = read_login(to, password=password, private_key=None, known_hosts=known_hosts)
    with TemporaryDirectory(prefix="mx-") as workspace, connect(login) as client:
        folder_name = unquote(urlsplit(to).path)
        with client.open_sftp() as sftp:
            yield SftpDestination(sftp, folder=folder_name, workspace=Path(workspace))
