"""Where deliveries are fetched from: one module for each kind of source."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from ingest.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file that lies in a source."""

    name: str
    size_bytes: int
    modified_at: float
    """Seconds since the epoch, as the source says."""
    delivered_name: str | None = None
    """Of a file of a baseline: what it was called where it came from."""


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
            SourceError: it cannot be read.
        """


@contextmanager
def open_source(
    address: str,
    *,
    password: str | None = None,
    private_key: str | None = None,
    known_hosts: Path,
) -> Iterator[Source]:
    """Open the source that an address means, by its scheme.

    Raises:
        SettingsError: no source has such an address.
        SourceError: it cannot be reached.
    """
    parts = urlsplit(address)
    if parts.scheme == "sftp":
        # paramiko takes 0.2 s to import, which a local folder need not wait for
        from ingest.sources.sftp import open_sftp

        with open_sftp(
            address, password=password, private_key=private_key, known_hosts=known_hosts
        ) as source:
            yield source
    elif parts.scheme in ("", "file"):
        from ingest.sources.local import LocalFolder

        yield LocalFolder(Path(address.removeprefix("file://")).expanduser())
    else:
        raise SettingsError(
            "MX_SOURCE: expected /folder or sftp://user@host:port/folder, "
            f"found the scheme {parts.scheme}"
        )
