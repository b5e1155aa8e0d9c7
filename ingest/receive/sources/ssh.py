"""How to log in to an SSH server: the host key must be known, only what was given is tried."""

import io
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paramiko

from ingest.errors import SettingsError, SourceError, SourceUnavailable

TIMEOUT_S = 30
PACKET_BYTES = 128 << 10
"""A quarter of paramiko's packets, each of which costs the same: 128 MiB take a third less time
than with its 32 KiB; 64 and 256 KiB are as fast."""
CHANNEL_BYTES = 4 << 20
"""What the server may send before it is told that it was read; paramiko's 2 MiB are half of it."""

MOST_SHOWN = 60
"""How much of a server's own words is in a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where to log in, and with what."""

    host: str
    port: int
    user: str
    known_hosts: Path
    password: str | None = field(repr=False)
    key: paramiko.PKey | None = field(repr=False)

    @property
    def where(self) -> str:
        return f"sftp {self.host}:{self.port}"

    @property
    def scan(self) -> str:
        """The command that prints the server's host keys."""
        return f"ssh-keyscan -p {self.port} {self.host}"


def read_login(
    address: str, *, password: str | None, private_key: str | None, known_hosts: Path
) -> Login:
    """Take a login from `sftp://user@host:port/folder` and the settings beside it.

    Raises:
        SettingsError: something is malformed or missing.
    """
    parts = urlsplit(address)
    try:
        port = parts.port or 22
    except ValueError as error:
        raise SettingsError("MX_SOURCE: expected a port between 1 and 65535") from error
    if parts.query or parts.fragment or address.endswith(("?", "#")):
        raise SettingsError(
            "MX_SOURCE: expected sftp://user@host:port/folder, found ? or # in it; "
            "write %3F for ? and %23 for # in a folder's name"
        )
    if not parts.hostname or not parts.username or parts.password is not None:
        raise SettingsError(
            "MX_SOURCE: expected sftp://user@host:port/folder, the password in MX_SFTP_PASSWORD"
        )
    if password is None and private_key is None:
        raise SettingsError(
            "MX_SFTP_PASSWORD or MX_SFTP_PRIVATE_KEY: expected for an sftp source, found neither"
        )
    key = _load_key(private_key, passphrase=password) if private_key else None
    return Login(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        known_hosts=known_hosts,
        password=None if key else password,
        key=key,
    )


def connect(login: Login) -> paramiko.SSHClient:
    """Log in.

    Raises:
        SettingsError: there is no file of known hosts.
        SourceError: the server is not the known one, or refuses the login.
        SourceUnavailable: the server does not answer.
    """
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    _load_host_keys(client, login)
    try:
        client.connect(
            login.host,
            port=login.port,
            username=login.user,
            password=login.password,
            pkey=login.key,
            look_for_keys=False,
            allow_agent=False,
            timeout=TIMEOUT_S,
            banner_timeout=TIMEOUT_S,
            auth_timeout=TIMEOUT_S,
            transport_factory=_FastTransport,  # type: ignore[arg-type]
        )
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise _explain(error, login, offered=_offered(client, login)) from error
    return client


class _FastTransport(paramiko.Transport):
    """Prefers ciphers that authenticate as they decrypt: one call a packet, and no hash beside."""

    def __init__(self, connection: socket.socket, **options: Any) -> None:
        super().__init__(
            connection,
            default_window_size=CHANNEL_BYTES,
            default_max_packet_size=PACKET_BYTES,
            **options,
        )
        # else a request waits in the kernel until the answer to the one before has come
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        offered = self.get_security_options()
        offered.ciphers = tuple(sorted(offered.ciphers, key=lambda name: "gcm" not in name))


def printable(text: str) -> str:
    """Give what a server has said as one short word for a message."""
    return "".join(each if each.isprintable() else "?" for each in text)[:MOST_SHOWN]


def _load_host_keys(client: paramiko.SSHClient, login: Login) -> None:
    try:
        client.load_host_keys(str(login.known_hosts))
    except OSError as error:
        raise SettingsError(
            f"MX_SFTP_KNOWN_HOSTS: expected a file, found {error.strerror} at "
            f"{login.known_hosts}; fill it with: {login.scan}"
        ) from error


def _offered(client: paramiko.SSHClient, login: Login) -> str:
    """Ask a server that has refused a login which kinds it takes; it may have hung up."""
    transport = client.get_transport()
    try:
        if transport and transport.is_active():
            transport.auth_none(login.user)
    except paramiko.BadAuthenticationType as refused:
        return ", ".join(map(printable, refused.allowed_types))
    except (paramiko.SSHException, OSError, EOFError):
        return "nothing more"
    return "nothing more"


def _explain(error: Exception, login: Login, *, offered: str) -> SourceError:
    """Say in our words why a login has failed, and whether trying again may help."""
    if isinstance(error, paramiko.AuthenticationException):
        setting = "MX_SFTP_PRIVATE_KEY" if login.key else "MX_SFTP_PASSWORD"
        return SourceError(
            f"{login.where}: expected to log in as {login.user} with {setting}, found it refused; "
            f"the server offers: {offered}"
        )
    if isinstance(error, paramiko.BadHostKeyException):
        return SourceError(
            f"{login.where}: expected the host key in {login.known_hosts}, found another; "
            "ask the server's owner before you change it"
        )
    if "not found in known_hosts" in str(error):
        return SourceError(
            f"{login.where}: expected its host key in {login.known_hosts}, found none; "
            f"compare and add what this prints: {login.scan}"
        )
    if isinstance(error, paramiko.SSHException):
        return SourceUnavailable(f"{login.where}: expected an SSH server, found none")
    found = getattr(error, "strerror", None) or type(error).__name__
    return SourceUnavailable(f"{login.where}: expected a connection, found {found}")


def _load_key(private_key: str, *, passphrase: str | None) -> paramiko.PKey:
    """Take a key's text, or the path of its file."""
    is_text = private_key.lstrip().startswith("-----BEGIN")
    try:
        text = private_key if is_text else Path(private_key).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("MX_SFTP_PRIVATE_KEY: expected a key, or its file's path") from error
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text), password=passphrase)
        except (paramiko.SSHException, ValueError):
            continue
    raise SettingsError(
        "MX_SFTP_PRIVATE_KEY: expected an Ed25519, ECDSA or RSA key, and its passphrase in "
        "MX_SFTP_PASSWORD if it has one, found no key that opens"
    )
