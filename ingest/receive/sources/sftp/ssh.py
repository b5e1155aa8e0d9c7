"""Log in to an SSH server: the host key must be known, and only the configured secret is tried."""

import socket
from typing import Any

import paramiko

from ingest.errors import SettingsError, SourceError, SourceUnavailable
from ingest.receive.sources.sftp.login import Login

TIMEOUT_S = 30
PACKET_BYTES = 128 << 10
"""Four times paramiko's 32 KiB. Each packet costs the same, so 128 MiB take a third less time. 64
and 256 KiB are as fast."""
CHANNEL_BYTES = 4 << 20
"""So much may the server send before it waits for us; paramiko's default is 2 MiB."""

MOST_SHOWN = 60
"""A message shows at most so many characters of a server's own text."""


def connect(login: Login) -> paramiko.SSHClient:
    """Log in to a server.

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
            transport_factory=_fast_transport,
        )
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise _explain(error, login, offered=_offered(client, login)) from error
    return client


def _fast_transport(connection: Any, /, **options: Any) -> paramiko.Transport:
    """Prefer ciphers that authenticate as they decrypt, which need no hash of each packet."""
    transport = paramiko.Transport(
        connection,
        default_window_size=CHANNEL_BYTES,
        default_max_packet_size=PACKET_BYTES,
        **options,
    )
    # else a request waits in the kernel for the answer to the one before
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    offered = transport.get_security_options()
    offered.ciphers = tuple(sorted(offered.ciphers, key=lambda name: "gcm" not in name))
    return transport


def printable(text: str) -> str:
    """Return a server's text as a short line without control characters."""
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
    """Ask a server that has refused a login which methods it offers; it may have hung up."""
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
    """Say why a login has failed, and by the error's type whether another try may help."""
    if isinstance(error, paramiko.AuthenticationException):
        setting = "MX_SFTP_PRIVATE_KEY" if login.key else "MX_SFTP_PASSWORD"
        return SourceError(
            f"{login.where}: expected to log in as {login.user} with {setting}, found it refused; "
            f"the server offers: {offered}; check user and {setting} with the server's owner"
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
    return SourceUnavailable(
        f"{login.where}: expected a connection, found {found}; "
        "check host and port, and the firewalls between"
    )
