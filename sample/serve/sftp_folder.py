"""A folder as an SFTP server shows it; no path leads out of it through dots or links."""

import errno
import os
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from paramiko import (
    ServerInterface,
    SFTPAttributes,
    SFTPHandle,
    SFTPServer,
    SFTPServerInterface,
)
from paramiko.sftp import SFTP_OK

Answer = TypeVar("Answer")

_MODES = {os.O_RDONLY: "rb", os.O_WRONLY: "wb", os.O_RDWR: "r+b"}


class _Handle(SFTPHandle):
    """An open file; the base class reads and writes through these two names."""

    def __init__(self, file: BinaryIO, flags: int) -> None:
        super().__init__(flags)
        self.readfile = self.writefile = file

    def stat(self) -> SFTPAttributes:
        return SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class ServedFolder(SFTPServerInterface):
    """Lists, reads, writes, renames and removes files below one folder."""

    def __init__(self, server: ServerInterface, *, folder: Path) -> None:
        super().__init__(server)
        self._folder = folder

    def canonicalize(self, path: str) -> str:
        return posixpath.normpath(f"/{path.lstrip('/')}")

    def list_folder(self, path: str) -> list[SFTPAttributes] | int:
        return self._answer(
            lambda: [
                SFTPAttributes.from_stat(entry.lstat(), entry.name)
                for entry in sorted(self._inside(path).iterdir())
            ]
        )

    def stat(self, path: str) -> SFTPAttributes | int:
        return self._answer(lambda: SFTPAttributes.from_stat(self._inside(path).stat()))

    def lstat(self, path: str) -> SFTPAttributes | int:
        return self.stat(path)

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> SFTPHandle | int:
        def act() -> SFTPHandle:
            descriptor = os.open(self._inside(path), flags, 0o600)
            mode = _MODES[flags & os.O_ACCMODE]
            return _Handle(cast("BinaryIO", os.fdopen(descriptor, mode)), flags)

        return self._answer(act)

    def remove(self, path: str) -> int:
        return self._done(lambda: self._inside(path).unlink())

    def rename(self, oldpath: str, newpath: str) -> int:
        def act() -> None:
            if self._inside(newpath).exists():
                raise FileExistsError(errno.EEXIST, "exists", newpath)
            self._inside(oldpath).rename(self._inside(newpath))

        return self._done(act)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        return self._done(lambda: self._inside(oldpath).replace(self._inside(newpath)))

    def _inside(self, path: str) -> Path:
        wanted = self._folder / self.canonicalize(path).lstrip("/")
        if wanted.resolve() != wanted:
            raise PermissionError(errno.EACCES, "leads through a link", path)
        return wanted

    def _answer(self, act: Callable[[], Answer]) -> Answer | int:
        try:
            return act()
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)

    def _done(self, act: Callable[[], object]) -> int:
        """Return the status of an action that answers nothing else."""
        answer = self._answer(act)
        return answer if isinstance(answer, int) else SFTP_OK
