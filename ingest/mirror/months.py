"""The ledger's files in a mirror: complete lines only, and never other ones than before."""

import hashlib
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from ingest.errors import MirrorError
from ingest.mirror.contents import LEDGER
from ingest.mirror.storage.bucket import Bucket
from ingest.mirror.storage.stored import Changed, Stored
from ingest.store.durable import hash_file
from ingest.store.lines import ledger_files

_PIECE_BYTES: Final = 1 << 20


class Months:
    """The files of a ledger, and those of its mirror as they were at first sight."""

    def __init__(self, bucket: Bucket, data: Path) -> None:
        """Compare both: the mirror's files must be the beginning of the ledger's.

        Raises:
            MirrorError: they are not, so that the mirror is of another ledger.
        """
        self._bucket = bucket
        self.files = [path for path in ledger_files(data / LEDGER) if path.stat().st_size]
        self._mirrored = {each.path.rpartition("/")[2]: each for each in bucket.list(LEDGER)}
        names = {path.name for path in self.files}
        for name in sorted(self._mirrored.keys() - names):
            raise self._other(name, "no such file here")
        # another ledger may have the same size, as its lines are alike
        newest = [path for path in self.files if path.name in self._mirrored][-1:]
        for path in {*self._grown(), *newest}:
            if path.name in self._mirrored:
                self._check_start(path, self._mirrored[path.name])

    def _grown(self) -> list[Path]:
        """Give the files that differ in size from the mirror's, the oldest first."""
        sizes = {name: stored.size_bytes for name, stored in self._mirrored.items()}
        return [path for path in self.files if path.stat().st_size != sizes.get(path.name)]

    def _check_start(self, path: Path, stored: Stored) -> None:
        if path.stat().st_size < stored.size_bytes:
            raise self._other(path.name, f"{path.stat().st_size} bytes here")
        mirrored = self._bucket.look(f"{LEDGER}/{path.name}")
        if mirrored and mirrored.sha256 != _hash_start(path, stored.size_bytes):
            raise self._other(path.name, "other lines here")

    def _other(self, name: str, found: str) -> MirrorError:
        size = self._mirrored[name].size_bytes
        return MirrorError(
            f"{self._bucket.url}/{LEDGER}/{name}: expected its {size} bytes to begin the same file "
            f"of this data folder, found {found}; if the mirror is right, bring it back into an "
            "empty data folder with: ingest mirror --restore; else choose another prefix"
        )

    def push(self) -> int:
        """Bring the mirror's files up to the ledger's, the oldest first; return how many.

        Raises:
            MirrorError: somebody else has changed one meanwhile.
        """
        grown = self._grown()
        for path in grown:
            with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as lines:
                try:
                    self._bucket.put(
                        f"{LEDGER}/{path.name}",
                        lines,
                        sha256=hash_file(path),
                        replaces=self._mirrored.get(path.name),
                    )
                except Changed as error:
                    raise self._other(path.name, "that another mirror has changed it") from error
        return len(grown)


def _hash_start(path: Path, size_bytes: int) -> str:
    digest, left = hashlib.sha256(), size_bytes
    with path.open("rb") as stream:
        while left and (piece := stream.read(min(left, _PIECE_BYTES))):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()
