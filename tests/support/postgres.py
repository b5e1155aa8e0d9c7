"""Debian's PostgreSQL on a free port of the loopback interface, with TLS and passwords."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg

from sample.serve.certificates import Authority
from tests.support.sshd import free_port

HOST: Final = "db.example.com"
"""The name in the server's certificate; `hostaddr` leads it to this machine."""
PASSWORD: Final = "a password of the tests alone"
CONFIG: Final = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
ssl = on
ssl_cert_file = '{folder}/server.crt'
ssl_key_file = '{folder}/server.key'
fsync = off
"""
ACCESS: Final = """
local   all all              trust
hostssl all all 127.0.0.1/32 scram-sha-256
"""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """A database of its own, and the roles that publish to it and read it."""

    name: str
    port: int
    folder: Path

    @property
    def publisher(self) -> str:
        return f"publisher_of_{self.name}"

    @property
    def reader(self) -> str:
        return f"reader_of_{self.name}"

    @property
    def authority(self) -> Path:
        return self.folder / "ca.crt"

    def url(self, user: str = "", *, host: str = HOST) -> str:
        """Give the address as another machine's, with the authority of its certificate."""
        query = f"hostaddr=127.0.0.1&sslrootcert={self.authority}"
        return f"postgresql://{user or self.publisher}@{host}:{self.port}/{self.name}?{query}"

    def connect(self, user: str = "", **more: Any) -> psycopg.Connection[tuple[Any, ...]]:
        url = self.url(user or self.reader)
        return psycopg.connect(url, password=PASSWORD, sslmode="verify-full", **more)

    def ask(self, query: str, user: str = "") -> list[tuple[Any, ...]]:
        """Ask as the reader, in a connection of its own."""
        with self.connect(user) as connection:
            return connection.execute(query.encode()).fetchall()

    def administer(self, *statements: str) -> None:
        where = f"host={self.folder} port={self.port} user=postgres dbname={self.name}"
        with psycopg.connect(where, autocommit=True) as server:
            for statement in statements:
                server.execute(statement.encode())


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    port: int
    folder: Path

    def make_database(self) -> Database:
        made = Database(f"mirror_{next(_numbers)}", self.port, self.folder)
        Database("postgres", self.port, self.folder).administer(
            f"create role {made.publisher} login password '{PASSWORD}'",
            f"create role {made.reader} login password '{PASSWORD}'",
            f"create database {made.name} owner {made.publisher} template template0 "
            "encoding 'UTF8' locale 'C.UTF-8'",
        )
        return made


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="mx-postgres-"))
    try:
        port = free_port()
        _set_up(folder, port=port)
        _control(folder, "start", "-o", f"-c config_file={folder}/data/postgresql.conf")
        yield Postgres(port, folder)
    finally:
        _control(folder, "stop", "-m", "immediate")
        shutil.rmtree(folder)


def _set_up(folder: Path, *, port: int) -> None:
    authority = Authority()
    certificate, key = authority.issue(HOST, "localhost", "127.0.0.1")
    (folder / "server.crt").write_bytes(certificate)
    (folder / "server.key").touch(mode=0o600)
    (folder / "server.key").write_bytes(key)
    (folder / "ca.crt").write_bytes(authority.pem)
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "postgres", "postgres")
    folder.chmod(0o711)
    (folder / "ca.crt").chmod(0o644)
    _run(folder, "initdb", "--no-sync", "--username=postgres", "--auth=trust", "-D", "data")
    (folder / "data" / "postgresql.conf").write_text(CONFIG.format(port=port, folder=folder))
    (folder / "data" / "pg_hba.conf").write_text(ACCESS)


def _control(folder: Path, *args: str) -> None:
    _run(folder, "pg_ctl", "-w", "-D", "data", "-l", "log", *args)


def _run(folder: Path, program: str, *args: str) -> None:
    account = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # to files: a server that goes on would hold a pipe open
    with (folder / "output").open("ab") as output:
        done = subprocess.run(
            [*account, _find(program), *args], cwd=folder, stdout=output, stderr=output, check=False
        )
    assert done.returncode == 0, (folder / "output").read_text() + _log(folder)


def _log(folder: Path) -> str:
    log = folder / "log"
    return log.read_text() if log.exists() else ""


def is_possible() -> bool:
    return bool(_programs("initdb"))


def _find(program: str) -> str:
    """Find a program of the newest PostgreSQL; Debian keeps versions beside each other."""
    return str(_programs(program)[-1])


def _programs(name: str) -> list[Path]:
    return sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
