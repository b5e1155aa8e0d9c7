"""Decrypt one daily file, convert it to Parquet, and compare every fact with its manifest."""

import logging
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile
from ingest.errors import Reason, RejectedError
from ingest.landing.converters import Conversion, Converted, ConverterLost, Converters
from ingest.landing.erased.taken_out import TakenOut
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext
from ingest.store.durable import hash_file, sync_file
from ingest.store.facts import Archived

SLACK_BYTES = 1 << 20
"""How far beyond its listed size a file may grow before its decryption is stopped."""
LARGE_SHARE = 16
"""A file larger than this part of the memory is landed alone."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An archived daily file that may land, and what its manifest says of it."""

    file: DailyFile
    path: Path
    archived: Archived
    listing: Listing | None
    manifest_sha256: str | None
    unwanted: frozenset[str] = frozenset()
    """SHA-256 of contents that an operator has set aside, however they are encrypted."""

    @property
    def plain_bytes(self) -> int:
        """Its size in plain text as listed, or the least that it is likely to be."""
        listed = self.listing.plain_bytes if self.listing else None
        return max(listed or 0, self.archived.encrypted_bytes)

    @property
    def listed_plain_bytes(self) -> int | None:
        """The size that it must have in plain text, where that is known before it is decrypted.

        Which size an API lists is not documented: that of the ciphertext is taken, too.
        """
        listing = self.listing
        if listing is None:
            return None
        is_encrypted = listing.plain_bytes == self.archived.encrypted_bytes
        if listing.encrypted_bytes is None and is_encrypted:
            return None
        return listing.plain_bytes

    @property
    def checksum_of(self) -> str | None:
        """Which file the listed checksum is of: MX means the plain one, as far as is known."""
        sha256 = self.listing.sha256 if self.listing else None
        if sha256 is None:
            return None
        return "encrypted" if sha256 == self.archived.encrypted_sha256 else "plain"

    @property
    def known_plain_sha256(self) -> str | None:
        """The hash of the plain file as listed, or else as it came in plain text."""
        listed = self.listing.sha256 if self.listing and self.checksum_of == "plain" else None
        return listed or self.archived.plain_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A daily file that has passed every check, and its Parquet file in scratch."""

    candidate: Candidate
    parquet: Path
    parquet_sha256: str
    converted: Converted
    plain: Plaintext
    taken_out: TakenOut | None = None
    """The erased rows that it was made without, and the ciphertext that lacks them."""


Screen = Callable[[Verified, Callable[[Candidate], Verified]], Verified]
"""Takes the rows of erased users out of a verified file; verifies what is left by a function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Verifies daily files, several at once if threads ask, large ones in turn."""

    scratch: Path
    keyring: Keyring
    converters: Converters
    max_plain_bytes: int
    memory_bytes: int
    screen: Screen | None = None
    _large_turn: threading.Lock = field(default_factory=threading.Lock)

    def verify(self, candidate: Candidate) -> Verified:
        """Make a Parquet file of a daily file, on the disk, and check every fact of it.

        Raises:
            RejectedError: a fact differs. The first one is given, as it explains the others:
                encryption, size, checksum, contents, count.
        """
        is_large = candidate.plain_bytes > self.memory_bytes // LARGE_SHARE
        with self._large_turn if is_large else nullcontext():
            verified = self._verify(candidate)
            if self.screen:
                verified = self.screen(verified, self._verify)
        sync_file(verified.parquet)
        return verified

    def _verify(self, candidate: Candidate) -> Verified:
        listing, size_bytes = candidate.listing, candidate.listed_plain_bytes
        limit = self.max_plain_bytes
        if listing:
            _check_listing(candidate, listing)
        if size_bytes is not None:
            limit = min(limit, size_bytes + SLACK_BYTES)
        wanted = Conversion(
            file=candidate.file,
            plain_sha256=candidate.known_plain_sha256 or self._read_sha256(candidate, limit=limit),
            target=self.scratch / f"{candidate.file.stem}.parquet",
            memory_bytes=self.memory_bytes,
            size_bytes=candidate.plain_bytes,
            listed_rows=listing.record_count if listing else None,
        )
        plain, converted = self._convert(candidate, wanted, limit=limit)
        if size_bytes is not None:
            _check(Reason.SIZE, expected=size_bytes, found=plain.size_bytes)
        _check(Reason.CHECKSUM, expected=wanted.plain_sha256, found=plain.sha256)
        if isinstance(converted, RejectedError):
            raise converted
        if listing and listing.record_count is not None:
            _check(Reason.RECORD_COUNT, expected=listing.record_count, found=converted.row_count)
        if plain.sha256 in candidate.unwanted:
            expected = "other contents than an operator has set aside"
            raise RejectedError(Reason.SET_ASIDE, expected=expected, found="the same")
        return Verified(
            candidate=candidate,
            parquet=wanted.target,
            parquet_sha256=hash_file(wanted.target),
            converted=converted,
            plain=plain,
        )

    def _convert(
        self, candidate: Candidate, wanted: Conversion, *, limit: int
    ) -> tuple[Plaintext, Converted | RejectedError]:
        read = partial(self.keyring.read, candidate.path, max_bytes=limit)
        try:
            return read(partial(self.converters.convert, wanted=wanted))
        except ConverterLost as lost:
            log.warning("%s: read once more, row by row: %s", candidate.file.stem, lost)
        try:
            return read(partial(self.converters.convert_alone, wanted=wanted))
        except ConverterLost as lost:
            rejection = lost.rejection
        # size and checksum come first: whoever damaged a file need not have meant its contents
        plain, _ = read(lambda _: None)
        return plain, rejection

    def _read_sha256(self, candidate: Candidate, *, limit: int) -> str:
        """Decrypt only to know the hash that every landed row carries."""
        plain, _ = self.keyring.read(candidate.path, lambda _: None, max_bytes=limit)
        return plain.sha256


def _check_listing(candidate: Candidate, listing: Listing) -> None:
    """Compare with its listing what shows without decrypting."""
    file = candidate.file
    listed = f"{listing.resource} {listing.event}"
    _check(Reason.NAME, expected=listed, found=f"{file.resource} {file.event}")
    if listing.encrypted_bytes is not None:
        found = candidate.archived.encrypted_bytes
        _check(Reason.SIZE, expected=listing.encrypted_bytes, found=found)


def _check(reason: Reason, *, expected: object, found: object) -> None:
    if expected != found:
        raise RejectedError(reason, expected=str(expected), found=str(found))
