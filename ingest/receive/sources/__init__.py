"""Sources of delivered files: a local folder, an SFTP server, MX's Reporting API."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from ingest.delivery.manifest import Listing
from ingest.errors import SettingsError
from ingest.store.facts import Version

KNOWN_HOSTS = Path("~/.ssh/known_hosts").expanduser()
GROWTH: Final = 2
SLACK_BYTES: Final = 16 << 20
"""A file may be so much larger than its listed size, armour included."""
MOST_BYTES: Final = 64 << 30
"""A file may have so many bytes where nothing says its size."""


def most_bytes(size_bytes: int) -> int:
    """Limit how many bytes of a file are read, by its listed size; 0 means an unknown size."""
    return size_bytes * GROWTH + SLACK_BYTES if size_bytes else MOST_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Https:
    """How to reach an HTTPS server, beyond its address."""

    ca: Path | None = None
    """Certificates to trust instead of the usual authorities, as PEM."""
    cert: Path | None = None
    """The client certificate, as PEM, with its chain."""
    cert_key: Path | None = None
    """Its private key, if that is not in the same file."""
    proxy: str | None = None
    """The address of a proxy; by default HTTPS_PROXY and NO_PROXY decide."""


PLAIN_HTTPS = Https()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file that lies in a source."""

    name: str
    size_bytes: int
    modified_at: float = 0.0
    """Seconds since the epoch; 0 if the source does not say."""
    listing: Listing | None = None
    """The row of the source's own list; SFTP and folders have manifests instead."""
    delivered_name: str | None = None
    """The original name of a baseline's file."""

    @property
    def checksum(self) -> str | None:
        """The checksum of the source's own list, of a kind that it does not name."""
        return self.listing.checksum if self.listing else None

    @property
    def key(self) -> str:
        """The file's name in its source; a list and a folder may have files of one name."""
        return self.listing.file if self.listing else self.name

    @property
    def version(self) -> Version:
        """The version of the file: it changes when the file does."""
        return (self.size_bytes, self.modified_at, self.checksum)


class Source(Protocol):
    """A folder of delivered files, which is only read."""

    def list_files(self) -> list[SourceFile]:
        """List the regular files directly in the folder, in no order.

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
    """Open the source at an address, by the scheme of the address.

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
