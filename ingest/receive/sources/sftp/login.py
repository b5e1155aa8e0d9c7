"""Where to log in to an SFTP server, and with what."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import paramiko

from ingest.errors import SettingsError


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
    """Read a login from `sftp://user@host:port/folder` and the settings beside it.

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
