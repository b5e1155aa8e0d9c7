"""Archive to landing: one daily file is decrypted, verified and written, or told why not."""

import hashlib
import json
import logging
import threading
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile, Event
from ingest.errors import Reason, RejectedError
from ingest.landing.convert.pool import Conversion, Converted, ConverterLost, Converters
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.plaintext import Plaintext
from ingest.store.digest import hash_file
from ingest.store.durable import sync_file
from ingest.store.ledger.ledger import Record
from ingest.store.ledger.state import Archived, What
from ingest.store.paths import landing_path

SLACK_BYTES = 1 << 20
"""How far beyond its listed size a file may grow before its decryption is stopped."""
LARGE_SHARE = 16
"""A file larger than this part of the memory is landed alone."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ciphertext:
    """A daily file as it lies in the archive, and what its manifest says of it."""

    file: DailyFile
    path: Path
    archived: Archived
    listing: Listing | None
    manifest_sha256: str | None
    set_aside: frozenset[str] = frozenset()
    """SHA-256 of contents that an operator does not want to land, however they are encrypted."""

    @property
    def plain_bytes(self) -> int:
        """How large it is said to be, or else is at least likely to be."""
        listed = self.listing.plain_bytes if self.listing else None
        return max(listed or 0, self.archived.encrypted_bytes)

    @property
    def listed_plain_bytes(self) -> int | None:
        """How large it must be in the clear, where that is known beforehand.

        Which size an API lists is not documented: that of the ciphertext is taken, too.
        """
        listing = self.listing
        if listing is None:
            return None
        is_encrypted = listing.plain_bytes == self.archived.encrypted_bytes
        if listing.encrypted_bytes is None and is_encrypted:
            return None
        return listing.plain_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A daily file that has passed every check."""

    parquet: Path
    parquet_sha256: str
    converted: Converted
    plain: Plaintext


@dataclass(frozen=True, slots=True, kw_only=True)
class Lander:
    """What makes daily files ready to land, several at once if threads ask, large ones in turn."""

    scratch: Path
    keyring: Keyring
    converters: Converters
    max_plain_bytes: int
    memory_bytes: int
    _large_turn: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self, ciphertext: Ciphertext) -> Verified:
        """Make all that is landed of one daily file, on the disk; who calls moves and records it.

        Raises:
            RejectedError: it is not what its manifest or its name claims.
        """
        is_large = ciphertext.plain_bytes > self.memory_bytes // LARGE_SHARE
        with self._large_turn if is_large else nullcontext():
            verified = self.verify(ciphertext)
        sync_file(verified.parquet)
        return verified

    def verify(self, ciphertext: Ciphertext) -> Verified:
        """Decrypt a file into a Parquet file and hold every fact of it against its listing.

        Raises:
            RejectedError: one of them differs. Of several the first is told, in the order in which
                one explains the next: encryption, size, checksum, contents, count.
        """
        listing, size_bytes = ciphertext.listing, ciphertext.listed_plain_bytes
        limit = self.max_plain_bytes
        if listing:
            check_listing(ciphertext, listing)
        if size_bytes is not None:
            limit = min(limit, size_bytes + SLACK_BYTES)
        wanted = Conversion(
            file=ciphertext.file,
            plain_sha256=_known_sha256(ciphertext) or self._read_sha256(ciphertext, limit=limit),
            target=self.scratch / f"{ciphertext.file.stem}.parquet",
            memory_bytes=self.memory_bytes,
            size_bytes=ciphertext.plain_bytes,
            listed_rows=listing.record_count if listing else None,
        )
        plain, converted = self._convert(ciphertext, wanted, limit=limit)
        if size_bytes is not None:
            _check(Reason.SIZE, expected=size_bytes, found=plain.size_bytes)
        _check(Reason.CHECKSUM, expected=wanted.plain_sha256, found=plain.sha256)
        if isinstance(converted, RejectedError):
            raise converted
        if listing and listing.record_count is not None:
            _check(Reason.RECORD_COUNT, expected=listing.record_count, found=converted.row_count)
        if plain.sha256 in ciphertext.set_aside:
            expected = "other contents than an operator has set aside"
            raise RejectedError(Reason.SET_ASIDE, expected=expected, found="the same")
        return Verified(
            parquet=wanted.target,
            parquet_sha256=hash_file(wanted.target),
            converted=converted,
            plain=plain,
        )

    def _convert(
        self, ciphertext: Ciphertext, wanted: Conversion, *, limit: int
    ) -> tuple[Plaintext, Converted | RejectedError]:
        read = partial(self.keyring.read, ciphertext.path, max_bytes=limit)
        try:
            return read(partial(self.converters.convert, wanted=wanted))
        except ConverterLost as lost:
            log.warning("%s: read once more, row by row: %s", ciphertext.file.stem, lost)
        try:
            return read(partial(self.converters.convert_alone, wanted=wanted))
        except ConverterLost as lost:
            rejection = lost.rejection
        # size and checksum come first: who damaged a file need not have meant its contents
        plain, _ = read(lambda _: None)
        return plain, rejection

    def _read_sha256(self, ciphertext: Ciphertext, *, limit: int) -> str:
        """Decrypt once only to know the hash that every landed row carries."""
        plain, _ = self.keyring.read(ciphertext.path, lambda _: None, max_bytes=limit)
        return plain.sha256


def landed_records(
    ciphertext: Ciphertext, verified: Verified, *, known_schemas: set[str]
) -> list[Record]:
    """Say what the ledger is to know of a landed file, and of its columns where they are new.

    Args:
        known_schemas: of which the ledger has the columns; a new one joins them.
    """
    columns = verified.converted.columns
    schema_id = hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]
    facts = {
        "name": ciphertext.archived.name,
        "encrypted_bytes": ciphertext.archived.encrypted_bytes,
        "encrypted_sha256": ciphertext.archived.encrypted_sha256,
        "manifest_sha256": ciphertext.manifest_sha256,
        "path": landing_path(ciphertext.file).as_posix(),
        "plain_bytes": verified.plain.size_bytes,
        "plain_sha256": verified.plain.sha256,
        "parquet_sha256": verified.parquet_sha256,
        "record_count": verified.converted.row_count,
        "key_id": verified.plain.key_id,
        "signature": verified.plain.signature,
        "checksum_of": _checksum_of(ciphertext),
        "listed_checksum": _other_checksum(ciphertext),
        "is_unlisted": _is_unlisted(ciphertext) or None,
        "schema_id": schema_id,
        "decoder": verified.converted.decoder,
    }
    records: list[Record] = [(What.LANDED, ciphertext.file, facts)]
    if schema_id not in known_schemas:
        known_schemas.add(schema_id)
        records.insert(0, (What.SCHEMA, None, {"schema_id": schema_id, "columns": columns}))
    return records


def _is_unlisted(ciphertext: Ciphertext) -> bool:
    """No manifest lists a baseline."""
    return ciphertext.listing is None and ciphertext.file.event is not Event.BASELINE


def check_listing(ciphertext: Ciphertext, listing: Listing) -> None:
    """Hold against its listing what shows without decrypting.

    Raises:
        RejectedError: the listing means other contents than the name, or another size.
    """
    file = ciphertext.file
    listed = f"{listing.resource} {listing.event}"
    _check(Reason.NAME, expected=listed, found=f"{file.resource} {file.event}")
    if listing.encrypted_bytes is not None:
        found = ciphertext.archived.encrypted_bytes
        _check(Reason.SIZE, expected=listing.encrypted_bytes, found=found)


def _checksum_of(ciphertext: Ciphertext) -> str | None:
    """Say which file the listed checksum is of: MX means the plain one, as far as is known."""
    sha256 = ciphertext.listing.sha256 if ciphertext.listing else None
    if sha256 is None:
        return None
    return "encrypted" if sha256 == ciphertext.archived.encrypted_sha256 else "plain"


def _known_sha256(ciphertext: Ciphertext) -> str | None:
    """Say what the plain file should be: as listed, or else as it came in the clear."""
    return _listed_sha256(ciphertext) or ciphertext.archived.plain_sha256


def _listed_sha256(ciphertext: Ciphertext) -> str | None:
    listing = ciphertext.listing
    return listing.sha256 if listing and _checksum_of(ciphertext) == "plain" else None


def _other_checksum(ciphertext: Ciphertext) -> str | None:
    """Give a checksum that proves nothing, but tells whether its file is the same still."""
    listing = ciphertext.listing
    return listing.checksum if listing and listing.sha256 is None else None


def _check(reason: Reason, *, expected: object, found: object) -> None:
    if expected != found:
        raise RejectedError(reason, expected=str(expected), found=str(found))
