"""Facts of erasures: a file before one, the bytes after one, and requests that are open. No I/O."""

from dataclasses import dataclass, replace
from datetime import datetime

from ingest.delivery.manifest import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A daily file as MX sent it, before an erasure took rows out of it."""

    encrypted_bytes: int
    encrypted_sha256: str
    plain_bytes: int
    plain_sha256: str
    record_count: int
    listed_checksum: str | None = None
    """As it was listed, where that was not SHA-256."""

    def is_listed_in(self, listing: Listing) -> bool:
        """Say whether a manifest or list describes exactly this version."""
        checksums = {None, self.plain_sha256, self.encrypted_sha256, self.listed_checksum}
        sizes = {None, self.plain_bytes}
        if listing.encrypted_bytes is None:
            sizes.add(self.encrypted_bytes)
        return (
            listing.checksum in checksums
            and listing.plain_bytes in sizes
            and listing.record_count in (None, self.record_count)
        )

    def passes(self, listing: Listing) -> bool:
        """Say whether the file may land by a listing; only SHA-256 is compared of checksums."""
        is_other_checksum = listing.sha256 is None
        known = replace(listing, checksum=None) if is_other_checksum else listing
        has_size = listing.encrypted_bytes in (None, self.encrypted_bytes)
        return has_size and self.is_listed_in(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The contents of a ciphertext that an erasure wrote, and what came instead from MX."""

    plain_bytes: int
    plain_sha256: str
    record_count: int
    delivered: Delivered

    def came_as(self, encrypted_sha256: str, plain_sha256: str | None) -> bool:
        """Say whether just such bytes came, encrypted by MX, or in plain text."""
        delivered = self.delivered
        return encrypted_sha256 == delivered.encrypted_sha256 or (
            plain_sha256 == delivered.plain_sha256
        )

    def listing(self, file: str, *, resource: str, event: str, encrypted_bytes: int) -> Listing:
        """Describe the contents as a manifest would, so that they are checked in the same way."""
        return Listing(
            file=file,
            resource=resource,
            event=event,
            record_count=self.record_count,
            plain_bytes=self.plain_bytes,
            encrypted_bytes=encrypted_bytes,
            checksum=self.plain_sha256,
            effective_date="",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A request that has not ended."""

    erasure: str
    """The run that began it."""
    client_guid: str
    requested_by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change in the archive that a record has announced: paths below the data folder."""

    source: str | None
    """New bytes that take the target's place; None where files are only removed."""
    target: str | None
    removed: list[str]
