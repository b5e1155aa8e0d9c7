"""Take the rows of erased users out of a verified file, or refuse it, before it lands."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ingest.errors import Reason, RejectedError
from ingest.landing.check_file import Candidate, Verified
from ingest.landing.decide import Rules
from ingest.landing.erased.keys import ErasedKeys, read_keys
from ingest.landing.erased.taken_out import TakenOut
from ingest.openpgp.encrypt import to_newest_key
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext, Totals
from ingest.store.durable import hash_file, sync_file
from ingest.store.erased import Delivered, Erased
from ingest.store.index.state import LedgerState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """Rows that a file is to lose."""

    rows: list[int]
    """Their numbers in the file, from 0."""
    keys: list[str] = field(default_factory=list)
    """Hashes of their keys, where these must not come back."""


Find = Callable[[Verified], Unwanted | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Looks for rows in verified files that must not be kept."""

    find: Find
    keyring: Keyring
    scratch: Path
    max_plain_bytes: int
    refuses: bool = False

    def __call__(self, verified: Verified, verify: Callable[[Candidate], Verified]) -> Verified:
        """Give a file that has no unwanted row, as it came or rewritten.

        Args:
            verify: makes Parquet of what is left, and checks it as any file.

        Raises:
            RejectedError: it has such rows, and they are refused.
        """
        unwanted = self.find(verified)
        if unwanted is None:
            return verified
        if self.refuses:
            raise RejectedError(
                Reason.ERASED,
                expected="no row of an erased user",
                found=f"{len(unwanted.rows)} of them",
            )
        taken_out = self._write(verified, unwanted)
        return replace(verify(_candidate(verified.candidate, taken_out)), taken_out=taken_out)

    def _write(self, verified: Verified, unwanted: Unwanted) -> TakenOut:
        """Encrypt a file again without some of its rows."""
        candidate = verified.candidate
        stem, count = candidate.file.stem, len(unwanted.rows)
        target = self.scratch / f"{stem}.erased"
        copy = partial(self._copy, rows=unwanted.rows, target=target)
        _, plain = self.keyring.read(candidate.path, copy, max_bytes=self.max_plain_bytes)
        sync_file(target)
        return TakenOut(
            ciphertext=target,
            replaced=candidate.path,
            replaces_sha256=candidate.archived.encrypted_sha256,
            erased=Erased(
                plain_bytes=plain.size_bytes,
                plain_sha256=plain.sha256,
                record_count=verified.converted.row_count - count,
                delivered=_delivered(verified),
            ),
            rows=count,
            keys=unwanted.keys,
        )

    def _copy(self, plain: Plaintext, *, rows: list[int], target: Path) -> Totals:
        from ingest.landing.erased.container import copy_without

        with to_newest_key(self.keyring)(target, False) as stream:
            return copy_without(plain, stream, rows=rows)


def open_screen(
    data: Path, state: LedgerState, *, keyring: Keyring, scratch: Path, rules: Rules
) -> Screen | None:
    """Make the screen for files that land now; None where nobody was ever erased.

    Raises:
        SettingsError: the key that knows erased users again is not here.
    """
    keys = read_keys(data, state, mask_key=rules.mask_key)
    if keys is None:
        return None
    return Screen(
        find=_telling(find_erased(keys)),
        keyring=keyring,
        scratch=scratch,
        max_plain_bytes=rules.max_plain_bytes,
        refuses=rules.refuses_erased,
    )


def find_erased(keys: ErasedKeys) -> Find:
    """Make a function that finds the rows of erased users, and notes the keys of these rows."""
    # pyarrow takes long to import, which a run without erasures need not wait for
    from ingest.landing.erased.rows import find_rows

    def find(verified: Verified) -> Unwanted | None:
        file, path = verified.candidate.file, verified.parquet
        client_guid, resource = file.delivery.client_guid, file.resource
        found = find_rows([path], client=client_guid, resource=resource, keys=keys).get(str(path))
        if found is None:
            return None
        hashes = sorted(keys.hash(client_guid, resource, guid) for guid in found.guids)
        keys.hashes.update(hashes)
        return Unwanted(rows=found.rows, keys=hashes)

    return find


def _telling(find: Find) -> Find:
    """Log what a function finds in files that land now."""

    def find_and_tell(verified: Verified) -> Unwanted | None:
        if unwanted := find(verified):
            stem, count = verified.candidate.file.stem, len(unwanted.rows)
            facts = {"event": "erased rows", "name": stem, "rows": count}
            log.info("%s: found %d rows of erased users", stem, count, extra={"facts": facts})
        return unwanted

    return find_and_tell


def _delivered(verified: Verified) -> Delivered:
    """Describe a file as it came; an earlier erasure may have written the bytes in the archive."""
    archived, listing = verified.candidate.archived, verified.candidate.listing
    if archived.erased:
        return archived.erased.delivered
    is_other_checksum = listing is not None and listing.sha256 is None
    return Delivered(
        encrypted_bytes=archived.encrypted_bytes,
        encrypted_sha256=archived.encrypted_sha256,
        plain_bytes=verified.plain.size_bytes,
        plain_sha256=verified.plain.sha256,
        record_count=verified.converted.row_count,
        listed_checksum=listing.checksum if listing and is_other_checksum else None,
    )


def _candidate(candidate: Candidate, taken_out: TakenOut) -> Candidate:
    """Describe the new ciphertext, so that it is checked against what was just written."""
    file, size_bytes = candidate.file, taken_out.ciphertext.stat().st_size
    archived = replace(
        candidate.archived,
        encrypted_bytes=size_bytes,
        encrypted_sha256=hash_file(taken_out.ciphertext),
        plain_sha256=None,
        erased=taken_out.erased,
    )
    listing = taken_out.erased.listing(
        file.stem, resource=file.resource, event=str(file.event), encrypted_bytes=size_bytes
    )
    return replace(candidate, path=taken_out.ciphertext, archived=archived, listing=listing)
