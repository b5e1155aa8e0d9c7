"""Archive to landing: one daily file is decrypted, verified and written, or told why not."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest.avro.decode import open_container
from ingest.delivery import DailyFile
from ingest.durable import put_in_place
from ingest.errors import Reason, RejectedError
from ingest.landing import column_types, landing_path, write_parquet
from ingest.ledger import Ledger
from ingest.ledger_state import Archived, What
from ingest.manifest import Listing
from ingest.openpgp import Keyring, Plaintext

SLACK_BYTES = 1 << 20
"""How far beyond its listed size a file may grow before gpg is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ciphertext:
    """A daily file as it lies in the archive, and what its manifest says of it."""

    file: DailyFile
    path: Path
    archived: Archived
    listing: Listing | None
    manifest_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A daily file that has passed every check, written but not yet in place."""

    parquet: Path
    schema: pa.Schema
    plain: Plaintext
    row_count: int


def land_file(
    ciphertext: Ciphertext,
    *,
    data: Path,
    ledger: Ledger,
    keyring: Keyring,
    scratch: Path,
    max_plain_bytes: int,
) -> Verified:
    """Land one daily file: all of it, or nothing.

    Raises:
        RejectedError: it is not what its manifest or its name claims.
    """
    verified = verify_file(
        ciphertext, keyring=keyring, scratch=scratch, max_plain_bytes=max_plain_bytes
    )
    columns = column_types(verified.schema)
    schema_id = hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]
    if schema_id not in ledger.state.schemas:
        ledger.append(What.SCHEMA, None, schema_id=schema_id, columns=columns)
    target = landing_path(ciphertext.file)
    put_in_place(verified.parquet, data / target)
    ledger.append(
        What.LANDED,
        ciphertext.file,
        name=ciphertext.archived.name,
        encrypted_bytes=ciphertext.archived.encrypted_bytes,
        encrypted_sha256=ciphertext.archived.encrypted_sha256,
        manifest_sha256=ciphertext.manifest_sha256,
        path=target.as_posix(),
        plain_bytes=verified.plain.size_bytes,
        plain_sha256=verified.plain.sha256,
        record_count=verified.row_count,
        key_id=verified.plain.key_id,
        checksum_of=_checksum_of(ciphertext),
        is_unlisted=True if ciphertext.listing is None else None,
        schema_id=schema_id,
        decoder="fastavro",
    )
    return verified


def verify_file(
    ciphertext: Ciphertext, *, keyring: Keyring, scratch: Path, max_plain_bytes: int
) -> Verified:
    """Decrypt a daily file into a Parquet file and hold every fact of it against its listing.

    Raises:
        RejectedError: one of them differs. Of several the first is told, in the order in which
            one explains the next: encryption, size, checksum, contents, count.
    """
    listing = ciphertext.listing
    limit = max_plain_bytes
    if listing:
        check_listing(ciphertext, listing)
        limit = min(limit, listing.plain_bytes + SLACK_BYTES)
    plain_sha256 = _listed_sha256(ciphertext) or _read_sha256(ciphertext, keyring, limit=limit)
    parquet = scratch / "landing.parquet"
    rejection: RejectedError | None = None
    with keyring.decrypt(ciphertext.path, max_bytes=limit) as plain:
        try:
            container = open_container(plain)
            row_count = write_parquet(
                container, file=ciphertext.file, plain_sha256=plain_sha256, target=parquet
            )
        except RejectedError as error:
            rejection = error
    if listing:
        _check(Reason.SIZE, expected=listing.plain_bytes, found=plain.size_bytes)
    _check(Reason.CHECKSUM, expected=plain_sha256, found=plain.sha256)
    if rejection:
        raise rejection
    if listing:
        _check(Reason.RECORD_COUNT, expected=listing.record_count, found=row_count)
    return Verified(parquet=parquet, schema=container.schema, plain=plain, row_count=row_count)


def check_listing(ciphertext: Ciphertext, listing: Listing) -> None:
    """Hold against its listing what shows without decrypting.

    Raises:
        RejectedError: the listing means other contents than the name, or another size.
    """
    file = ciphertext.file
    listed = f"{listing.resource} {listing.event}"
    _check(Reason.NAME, expected=listed, found=f"{file.resource} {file.event}")
    _check(Reason.SIZE, expected=listing.encrypted_bytes, found=ciphertext.archived.encrypted_bytes)


def _checksum_of(ciphertext: Ciphertext) -> str | None:
    """Say which file the listed checksum is of: MX means the plain one, as far as is known."""
    if ciphertext.listing is None:
        return None
    is_encrypted = ciphertext.listing.checksum == ciphertext.archived.encrypted_sha256
    return "encrypted" if is_encrypted else "plain"


def _listed_sha256(ciphertext: Ciphertext) -> str | None:
    listing = ciphertext.listing
    return listing.checksum if listing and _checksum_of(ciphertext) == "plain" else None


def _read_sha256(ciphertext: Ciphertext, keyring: Keyring, *, limit: int) -> str:
    """Decrypt once only to know the hash that every landed row carries."""
    with keyring.decrypt(ciphertext.path, max_bytes=limit) as plain:
        pass
    return plain.sha256


def _check(reason: Reason, *, expected: object, found: object) -> None:
    if expected != found:
        raise RejectedError(reason, expected=str(expected), found=str(found))
