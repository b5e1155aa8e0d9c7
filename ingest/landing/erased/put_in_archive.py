"""Put a ciphertext without erased rows in place of another one, or remove one, with a record.

The new bytes come first, beside the old ones, under a name of the archive's own form. Then comes
the record, then the move. Where a record has a move that was not made, the next command makes it.
"""

from dataclasses import asdict
from pathlib import Path

from ingest.landing.check_file import Candidate
from ingest.landing.erased.taken_out import TakenOut
from ingest.store.durable import move_all_synced, put_in_place, remove_synced
from ingest.store.erased import Move
from ingest.store.facts import What
from ingest.store.keys_and_paths import archive_path, replaced_path
from ingest.store.ledger import Ledger


def put_in_archive(
    candidate: Candidate, taken_out: TakenOut, *, data: Path, ledger: Ledger
) -> None:
    """Replace a ciphertext in the archive.

    Args:
        candidate: describes the new bytes.
    """
    archived, erased = candidate.archived, taken_out.erased
    newest = archive_path(data, candidate.file, name=archived.name)
    beside = replaced_path(newest, sha256=archived.encrypted_sha256)
    is_newest = taken_out.replaced == newest
    move = Move(
        source=beside.relative_to(data).as_posix() if is_newest else None,
        target=newest.relative_to(data).as_posix() if is_newest else None,
        removed=[] if is_newest else [taken_out.replaced.relative_to(data).as_posix()],
    )
    move_all_synced([(taken_out.ciphertext, beside)])
    ledger.append(
        What.ERASED,
        candidate.file,
        erasure=ledger.run_id,
        name=archived.name,
        encrypted_bytes=archived.encrypted_bytes,
        encrypted_sha256=archived.encrypted_sha256,
        replaces_sha256=taken_out.replaces_sha256,
        plain_bytes=erased.plain_bytes,
        plain_sha256=erased.plain_sha256,
        record_count=erased.record_count,
        rows_erased=taken_out.rows,
        keys=taken_out.keys,
        delivered=asdict(erased.delivered),
        move=asdict(move),
    )
    _make(move, data=data)


def remove_from_archive(candidate: Candidate, path: Path, *, data: Path, ledger: Ledger) -> None:
    """Remove replaced bytes that have rows of an erased user."""
    move = Move(source=None, target=None, removed=[path.relative_to(data).as_posix()])
    ledger.append(
        What.ERASED,
        candidate.file,
        erasure=ledger.run_id,
        name=path.name,
        move=asdict(move),
    )
    _make(move, data=data)


def finish_moves(*, data: Path, ledger: Ledger) -> None:
    """Make the moves that a killed command had recorded."""
    for move in ledger.state.meta.moves:
        _make(move, data=data)


def _make(move: Move, *, data: Path) -> None:
    if move.source and move.target and (data / move.source).exists():
        put_in_place(data / move.source, data / move.target)
    for path in move.removed:
        remove_synced(data / path)
