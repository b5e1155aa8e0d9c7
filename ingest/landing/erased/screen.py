"""Take the rows of erased users out of a verified file, or refuse it, before it lands."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
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
class Screen:
    """Looks for rows of erased users in verified files."""

    keys: ErasedKeys
    keyring: Keyring
    scratch: Path
    max_plain_bytes: int
    refuses: bool = False

    def __call__(self, verified: Verified, verify: Callable[[Candidate], Verified]) -> Verified:
        """Give a file that has no row of an erased user, as it came or without these rows.

        Args:
            verify: makes Parquet of what is left, and checks it as any file.

        Raises:
            RejectedError: it has such rows, and they are refused.
        """
        # pyarrow takes long to import, which a run without erasures need not wait for
        from ingest.landing.erased.rows import find_rows

        file = verified.candidate.file
        client_guid, resource = file.delivery.client_guid, file.resource
        found = find_rows(
            [verified.parquet], client=client_guid, resource=resource, keys=self.keys
        ).get(str(verified.parquet))
        if found is None:
            return verified
        if self.refuses:
            raise RejectedError(
                Reason.ERASED,
                expected="no row of an erased user",
                found=f"{len(found.rows)} of them",
            )
        taken_out = self._write(verified, found.rows)
        hashes = sorted(self.keys.hash(client_guid, resource, guid) for guid in found.guids)
        self.keys.hashes.update(hashes)
        anew = _candidate(verified.candidate, taken_out)
        return replace(verify(anew), taken_out=replace(taken_out, keys=hashes))

    def _write(self, verified: Verified, rows: list[int]) -> TakenOut:
        """Encrypt a file anew without some of its rows."""
        candidate = verified.candidate
        stem, count = candidate.file.stem, len(rows)
        facts = {"event": "erased rows left out", "name": stem, "rows": count}
        log.info("%s: left out %d rows of erased users", stem, count, extra={"facts": facts})
        target = self.scratch / f"{stem}.erased"
        copy = partial(self._copy, rows=rows, target=target)
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
        keys=keys,
        keyring=keyring,
        scratch=scratch,
        max_plain_bytes=rules.max_plain_bytes,
        refuses=rules.refuses_erased,
    )


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
