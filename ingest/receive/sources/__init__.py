"""Where deliveries are fetched from: one module for each kind of source."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from ingest.delivery.manifest import Listing
from ingest.errors import SettingsError
from ingest.store.ledger.facts import Version

KNOWN_HOSTS = Path("~/.ssh/known_hosts").expanduser()


GROWTH: Final = 2
SLACK_BYTES: Final = 16 << 20
"""How far beyond its listed size a file may go, armour included, before it is cut off."""
MOST_BYTES: Final = 64 << 30
"""How large a file may be of which nothing says the size."""


def most_bytes(size_bytes: int) -> int:
    """Say how many bytes of a file are read at most; 0 is a size that nothing says."""
    return size_bytes * GROWTH + SLACK_BYTES if size_bytes else MOST_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Https:
    """How to reach an HTTPS server, beyond its address."""

    ca: Path | None = None
    """Whom to trust instead of the usual certificate authorities, as PEM."""
    cert: Path | None = None
    """The certificate to show, as PEM, with its chain."""
    cert_key: Path | None = None
    """Its private key, where that is not in the same file."""
    proxy: str | None = None
    """The address of a proxy; without it HTTPS_PROXY and NO_PROXY tell."""


PLAIN_HTTPS = Https()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file that lies in a source."""

    name: str
    size_bytes: int
    modified_at: float = 0.0
    """Seconds since the epoch, as the source says; 0 where it says nothing."""
    listing: Listing | None = None
    """What a source that lists its files itself says of one; others send manifests."""
    delivered_name: str | None = None
    """Of a file of a baseline: what it was called where it came from."""

    @property
    def checksum(self) -> str | None:
        """As the source says, of whatever it is."""
        return self.listing.checksum if self.listing else None

    @property
    def key(self) -> str:
        """What the source knows it by; a list and a folder may have files of one name."""
        return self.listing.file if self.listing else self.name

    @property
    def version(self) -> Version:
        """What changes with the file."""
        return (self.size_bytes, self.modified_at, self.checksum)


class Source(Protocol):
    """A folder of delivered files, wherever it is. Nothing in it is ever changed."""

    def list_files(self) -> list[SourceFile]:
        """List the regular files that lie directly in it, in no order.

        Raises:
            SourceError: it cannot be listed.
        """

    def open_file(self, name: str, *, offset: int) -> AbstractContextManager[BinaryIO]:
        """Open one file for reading from an offset in bytes.

        Raises:
            NotResumable: it can only be read from its start.
            SourceError: it cannot be read.
        """


@contextmanager
def open_source(
    address: str,
    *,
    password: str | None = None,
    private_key: str | None = None,
    known_hosts: Path = KNOWN_HOSTS,
    api_key: str | None = None,
    https: Https = PLAIN_HTTPS,
) -> Iterator[Source]:
    """Open the source that an address means, by its scheme.

    Args:
        password, private_key, known_hosts: for SFTP.
        api_key, https: for the Reporting API.

    Raises:
        SettingsError: no source has such an address.
        SourceError: it cannot be reached.
    """
    scheme = address.partition("://")[0].lower() if "://" in address else ""
    if scheme == "sftp":
        # paramiko takes 0.1 s to import, which a local folder need not wait for
        _import_paramiko()
        from ingest.receive.sources.sftp.folder import open_sftp

        with open_sftp(
            address, password=password, private_key=private_key, known_hosts=known_hosts
        ) as source:
            yield source
    elif scheme in ("https", "http"):
        from ingest.receive.sources.https.api import open_api

        with open_api(address, api_key=api_key, https=https) as source:
            yield source
    elif scheme in ("", "file"):
        from ingest.receive.sources.local import LocalFolder

        yield LocalFolder(Path(address.removeprefix("file://")).expanduser())
    else:
        raise SettingsError(
            "MX_SOURCE: expected /folder, sftp://user@host:port/folder or "
            f"https://host/download/<client_id>, found the scheme {scheme}"
        )


def _import_paramiko() -> None:
    """Import paramiko without invoke, which it needs for ssh_config only; this saves 40 ms."""
    sys.modules.setdefault("invoke", None)  # type: ignore[arg-type]  # None hides a module
    import_module("paramiko")
    if sys.modules["invoke"] is None:
        del sys.modules["invoke"]
