"""Connect to a PostgreSQL server, and report its errors on one line; the only importer of psycopg.

How a server is named: https://www.postgresql.org/docs/current/libpq-connect.html (2026-11-29).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ingest.errors import PublishError, SettingsError

Server = psycopg.Connection[tuple[Any, ...]]
RefusedValue = psycopg.DataError
OLDEST: Final = 14
"""Older servers cannot compare whole rows by a hash."""
SETTING: Final = "MX_PUBLISH_TO"
FORM: Final = "postgresql://user@host/database"
SCHEMES: Final = ("postgresql://", "postgres://")
VERIFIED: Final = "verify-full"
CONNECTS_WITHIN_S: Final = 15
LOCKS_WITHIN_S: Final = 60
"""How long a change of a table's columns waits for the queries that read it."""
CHUNK_BYTES: Final = 1 << 20
_HOLDS_VALUES: Final = ("22", "23")
"""Classes of errors whose message names a value: of data, and of constraints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database to mirror into, which release, and the role that may read it."""

    connection: dict[str, Any] = field(repr=False)
    is_full: bool
    reader: str | None = None

    @property
    def name(self) -> str:
        """Host and database: never the user's name or a password."""
        port = f":{self.connection['port']}" if self.connection.get("port") else ""
        host = self.connection.get("host") or "localhost"
        return f"postgresql://{host}{port}/{self.connection.get('dbname', '')}"


def read_target(
    url: str, *, is_full: bool, reader: str | None = None, password: str | None = None
) -> Target:
    """Read the address of a database.

    Raises:
        SettingsError: it is malformed, has a password, or gives up that TLS is verified.
    """
    if not url.startswith(SCHEMES):
        raise SettingsError(f"{SETTING}: expected {FORM}, found another form")
    try:
        parts = {name: value for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError as error:
        raise SettingsError(f"{SETTING}: expected {FORM}, found one that libpq refuses") from error
    if "password" in parts:
        raise SettingsError(
            f"{SETTING}: expected no password in it, found one; set MX_PUBLISH_PASSWORD_FILE"
        )
    if "dbname" not in parts:
        raise SettingsError(f"{SETTING}: expected {FORM}, found no database")
    connection = _defaults() | parts | {"sslmode": _expect_tls(parts)}
    connection |= {"password": password} if password else {}
    return Target(connection=connection, is_full=is_full, reader=reader)


def _defaults() -> dict[str, Any]:
    return {
        "connect_timeout": CONNECTS_WITHIN_S,
        "application_name": "mx-ingest",
        "client_encoding": "UTF8",
    }


def _expect_tls(parts: dict[str, Any]) -> str:
    """Choose whether TLS is verified: always, but on this machine."""
    in_environment = {
        each.keyword.decode(): each.val.decode()
        for each in psycopg.pq.Conninfo.get_defaults()
        if each.val is not None
    }
    known = in_environment | parts
    hosts = [
        host
        for name in ("host", "hostaddr")
        for host in str(known.get(name) or "").split(",")
        if host
    ]
    if "service" not in parts and all(map(_is_here, hosts)):
        return str(known.get("sslmode") or "prefer")
    if (mode := parts.get("sslmode", VERIFIED)) != VERIFIED:
        raise SettingsError(
            f"{SETTING}: expected sslmode={VERIFIED}, as {hosts[0] if hosts else 'the server'} is "
            f"another machine, found {mode}; name its authority with: ?sslrootcert=/path/ca.pem"
        )
    return VERIFIED


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith(("/", "@", "127."))


@contextmanager
def open_server(target: Target, *, is_one: bool = True) -> Iterator[Server]:
    """Open a transaction, which is committed when the block ends well.

    Args:
        is_one: all statements are one transaction; else each is one by itself.

    Raises:
        PublishError: the server is not reached, or refuses something; nothing has changed there.
    """
    try:
        with psycopg.connect(
            **target.connection, prepare_threshold=None, autocommit=not is_one
        ) as server:
            _expect_server(server)
            setting = "set local" if is_one else "set"
            run(server, f"{setting} lock_timeout = '{LOCKS_WITHIN_S}s'")
            run(server, f"{setting} timezone = 'UTC'")
            run(server, f"{setting} idle_in_transaction_session_timeout = 0")
            yield server
    except psycopg.errors.LockNotAvailable as error:
        raise PublishError(
            f"{target.name}: expected to change a table within {LOCKS_WITHIN_S} s, found a reader "
            "or another publish at work; end it, and run: ingest publish"
        ) from error
    except psycopg.Error as error:
        raise PublishError(f"{target.name}: expected to publish, found {_reason(error)}") from error
    except PublishError as error:
        raise PublishError(f"{target.name}: {error}") from error


def _expect_server(server: Server) -> None:
    if server.info.server_version < OLDEST * 10_000:
        raise PublishError(
            f"expected PostgreSQL {OLDEST} or newer, found {server.info.server_version // 10_000}"
        )
    encoding = server.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise PublishError(f"expected a database in UTF8, found {encoding}; make another one")


def _reason(error: psycopg.Error) -> str:
    """Report an error without the values of a row."""
    if state := error.sqlstate:
        table = f" in {error.diag.table_name}" if error.diag.table_name else ""
        if state.startswith(_HOLDS_VALUES):
            return f"a value that it refuses (SQLSTATE {state}){table}"
        return f"{error.diag.message_primary} (SQLSTATE {state})"
    return "; ".join(line.strip() for line in str(error).splitlines() if line.strip())


def run(server: Server, query: str, *values: Any) -> int:
    """Run a statement, and say how many rows it changed.

    Args:
        values: for each `%s` in the query; without any a `%` is itself.
    """
    return server.execute(query.encode(), values or None).rowcount


def rows(server: Server, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return server.execute(query.encode(), values or None).fetchall()


def copy_in(server: Server, query: str, chunks: Iterator[str]) -> int:
    """Send the text of rows, in the form of COPY, and say how many they were."""
    with server.cursor() as cursor:
        with cursor.copy(query.encode()) as copy:
            for chunk in chunks:
                copy.write(chunk)
        return cursor.rowcount


def copy_out(server: Server, query: str, path: Path) -> None:
    """Write the rows of a COPY to a file."""
    with path.open("wb") as file, server.cursor() as cursor, cursor.copy(query.encode()) as copy:
        file.writelines(copy)


def copy_file_in(server: Server, query: str, path: Path) -> None:
    """Send the rows that `copy_out` has written."""
    with path.open("rb") as file, server.cursor() as cursor, cursor.copy(query.encode()) as copy:
        while chunk := file.read(CHUNK_BYTES):
            copy.write(chunk)
