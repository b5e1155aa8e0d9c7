"""The archive: every file's bytes as delivered, the newest under its name, older ones beside it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ingest.delivery.names import DailyFile, ManifestFile, parse_kept_name
from ingest.receive.incoming import Fetched
from ingest.store.digest import hash_file
from ingest.store.durable import link_or_copy, move_synced
from ingest.store.ledger.state import Place, place_of


def archive_path(archive: Path, file: DailyFile | ManifestFile, *, name: str) -> Path:
    """Say where a file's newest bytes lie."""
    return archive / file.delivery.folder / name


def replaced_path(newest: Path, *, sha256: str) -> Path:
    """Say where the bytes lie that newer ones have replaced."""
    return newest.with_name(f"{newest.name}.{sha256[:12]}")


def changed_folders(archive: Path, *, since: datetime) -> Iterator[Path]:
    """Give the deliveries' folders in which files came or went after a moment."""
    moment = since.timestamp()
    for client in sorted(archive.glob("CLT-*")):
        yield from (day for day in sorted(client.iterdir()) if day.stat().st_mtime > moment)


def store(fetched: Fetched, target: Path, *, replaced_sha256: str | None) -> None:
    """Put fetched bytes into the archive; those that they replace stay under a longer name.

    Who calls syncs the folder, once for many.
    """
    if target.exists() and replaced_sha256 not in (None, fetched.sha256):
        link_or_copy(target, replaced_path(target, sha256=str(replaced_sha256)))
    move_synced(fetched.path, target)


def find_ciphertext(archive: Path, place: Place, *, sha256: str) -> tuple[DailyFile, Path] | None:
    """Find bytes of a daily file, the newest or replaced ones, by their hash."""
    folder = archive / place.delivery.folder
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        file = parse_kept_name(path.name) or parse_kept_name(_without_hash(path.name))
        if isinstance(file, DailyFile) and place_of(file) == place and hash_file(path) == sha256:
            return file, path
    return None


def _without_hash(name: str) -> str:
    """Take away what `replaced_path` has added."""
    return name.rpartition(".")[0]
