"""Rewrite landed files and kept ciphertexts without the rows of erased users."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ingest.concurrency import map_ahead
from ingest.erasure.kept import Kept, kept_files, landed_candidate
from ingest.errors import RejectedError
from ingest.landing.check_file import Candidate, Verified, Verifier
from ingest.landing.commit import Commit
from ingest.landing.erased.put_in_archive import put_in_archive, remove_from_archive
from ingest.landing.land import FILES_AT_ONCE
from ingest.pipeline import Run
from ingest.status.runs import Progress
from ingest.store.durable import link_or_copy, remove_synced
from ingest.store.keys_and_paths import archive_path, key_at


@dataclass(slots=True)
class Done:
    """The files that were written again or removed, and those that could not be read."""

    files: int = 0
    rows: int = 0
    copies: int = 0
    """Replaced or rejected bytes in archive and quarantine that had such rows, too."""
    stuck: dict[str, str] = field(default_factory=dict)
    """Why a landed file still has such rows, by its path below the data folder."""
    unread: dict[str, str] = field(default_factory=dict)
    """Why nobody can say whether a file has such rows, by its path below the data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Rewrites files of one data folder; the caller holds its lock."""

    data: Path
    this: Run
    verifier: Verifier
    progress: Progress
    done: Done = field(default_factory=Done)

    def landed(self, paths: Iterable[str]) -> None:
        """Rewrite landed files, first their ciphertext and then their Parquet."""
        candidates = [self._landed_candidate(path) for path in sorted(paths)]
        known = [each for each in candidates if each]
        self.progress.begin("erase", total=sum(each.archived.encrypted_bytes for each in known))
        commit = Commit(
            data=self.data,
            ledger=self.this.ledger,
            scratch=self.this.scratch,
            summary=self.this.summary,
        )
        with commit:
            for candidate, verified in self._verify_all(known):
                self.progress.advance(candidate.archived.encrypted_bytes)
                if isinstance(verified, RejectedError):
                    self.done.stuck[self._name(candidate.path)] = str(verified)
                    continue
                self.done.files += 1
                self.done.rows += verified.taken_out.rows if verified.taken_out else 0
                commit.add(verified)

    def kept(self, client: str, *, before: date = date.max) -> None:
        """Rewrite or remove the bytes of a client that have not landed: rejected and replaced ones.

        Args:
            before: later days are left alone.
        """
        for kept in kept_files(self.data, self.this.ledger.state, client=client):
            if kept.candidate.file.delivery.snapshot_date >= before:
                continue
            [(_, verified)] = self._verify_all([kept.candidate])
            if isinstance(verified, RejectedError):
                self.done.unread[self._name(kept.path)] = str(verified)
            elif verified.taken_out:
                self.done.copies += 1
                self._replace(kept, verified)

    def _replace(self, kept: Kept, verified: Verified) -> None:
        data, ledger, taken_out = self.data, self.this.ledger, verified.taken_out
        if kept.is_newest and taken_out:
            put_in_archive(verified.candidate, taken_out, data=data, ledger=ledger)
        elif kept.is_archived:
            remove_from_archive(kept.candidate, kept.path, data=data, ledger=ledger)
        else:
            remove_synced(kept.path)
            newest = archive_path(data, kept.candidate.file, name=kept.path.name)
            if newest.exists():
                link_or_copy(newest, kept.path)

    def _landed_candidate(self, path: str) -> Candidate | None:
        key = key_at(path)
        candidate = landed_candidate(self.data, self.this.ledger.state, key) if key else None
        if candidate is None:
            self.done.stuck[self._name(Path(path))] = "the archive no longer has its bytes"
        return candidate

    def _verify_all(
        self, candidates: list[Candidate]
    ) -> Iterator[tuple[Candidate, Verified | RejectedError]]:
        with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="erase") as threads:
            yield from map_ahead(self._verify, candidates, executor=threads, ahead=FILES_AT_ONCE)

    def _verify(self, candidate: Candidate) -> tuple[Candidate, Verified | RejectedError]:
        try:
            return candidate, self.verifier.verify(candidate)
        except RejectedError as error:
            return candidate, error

    def _name(self, path: Path) -> str:
        return path.relative_to(self.data).as_posix()
