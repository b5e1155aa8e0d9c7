"""An SFTP server for tests and demonstrations: loopback only, one folder, one user."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from typing import Any

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

from sample.serve.sftp_folder import ServedFolder

JOIN_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAt:
    """The address of the server, and its host key."""

    host: str
    port: int
    known_hosts_line: str


@contextmanager
def serve_sftp(
    folder: Path,
    *,
    user: str,
    password: str,
    host_key: paramiko.PKey | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[ServedAt]:
    """Serve a folder until the block ends; port 0 takes a free one."""
    key = host_key or paramiko.ECDSAKey.generate()
    with socket.create_server((host, port)) as listener:
        address: tuple[str, int] = listener.getsockname()
        server = _Server(listener, folder=folder.resolve(), login=(user, password), key=key)
        accepting = threading.Thread(target=server.accept_all)
        accepting.start()
        try:
            yield ServedAt(
                host=address[0],
                port=address[1],
                known_hosts_line=f"[{host}]:{address[1]} {key.get_name()} {key.get_base64()}\n",
            )
        finally:
            # closing does not wake a thread that accepts, shutting down does
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            accepting.join(JOIN_S)
            server.close()


class _Server:
    def __init__(
        self, listener: socket.socket, *, folder: Path, login: tuple[str, str], key: paramiko.PKey
    ) -> None:
        self._listener = listener
        self._folder = folder
        self._login = login
        self._key = key
        self._transports: list[paramiko.Transport] = []
        self._sessions: list[_Session] = []

    def accept_all(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(connection)

    def _start(self, connection: socket.socket) -> None:
        transport = paramiko.Transport(connection)
        transport.daemon = True
        transport.add_server_key(self._key)
        transport.set_subsystem_handler(
            "sftp", _Session, ServedFolder, folder=self._folder, sessions=self._sessions
        )
        self._transports.append(transport)
        # a client that breaks off during the handshake is no error here
        with suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(event=threading.Event(), server=_Door(self._login))

    def close(self) -> None:
        for transport in self._transports:
            transport.close()
        for thread in (*self._transports, *self._sessions):
            thread.join(JOIN_S)


class _Session(paramiko.SFTPServer):
    """Remembers each session, whose thread paramiko starts and forgets."""

    def __init__(self, *args: Any, sessions: "list[_Session]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sessions.append(self)


class _Door(paramiko.ServerInterface):
    def __init__(self, login: tuple[str, str]) -> None:
        self._login = login

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        is_password = compare_digest(password.encode(), self._login[1].encode())
        return AUTH_SUCCESSFUL if is_password and username == self._login[0] else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED
