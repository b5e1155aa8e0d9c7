"""Objects below a prefix of an object storage, by the library obstore.

Each object that is written here has the SHA-256 of its bytes in its own metadata.
"""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import from_url

from ingest.errors import MirrorError
from ingest.mirror.storage.address import Address
from ingest.mirror.storage.failures import as_mirror_error, refuse_missing_bucket
from ingest.mirror.storage.stored import HASH, Changed, Stored, describe

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import ClientConfig, RetryConfig, S3Config

PART_BYTES: Final = 8 << 20
"""More is sent and fetched in parts of this size, to bound memory and the time of a request."""
PARTS_AT_ONCE: Final = 2
RETRIES: "Final[RetryConfig]" = {
    "max_retries": 10,
    "retry_timeout": timedelta(minutes=2),
    "backoff": {"init_backoff": timedelta(seconds=0.2), "base": 3},
}
"""Ten take about 20 seconds, which outlasts a server that asks for time."""
_LIMITS: "Final[ClientConfig]" = {
    "connect_timeout": timedelta(seconds=10),
    "timeout": timedelta(minutes=5),
}
Content = bytes | mmap | Path


class Bucket:
    """The objects of one mirror. Requests that fail for now are repeated, as RETRIES says.

    Each method raises MirrorError where the server cannot be reached, refuses or fails.
    """

    def __init__(self, address: Address) -> None:
        """Open a mirror; nothing is asked of the server yet.

        Raises:
            MirrorError: the environment lacks what the storage needs.
        """
        self.url = address.url
        with self._failing("open", ""):
            self._store = from_url(
                address.url,
                config=cast("S3Config", address.config),
                client_options={**_LIMITS, "allow_http": address.may_use_http},
                retry_config=RETRIES,
            )

    def list(self, folder: str) -> Iterator[Stored]:
        """Give all objects of a folder and below it, in no order."""
        with self._failing("list", folder):
            for page in obstore.list(self._store, folder):
                yield from map(describe, page)

    def look(self, path: str) -> Stored | None:
        """Describe an object; None where there is none."""
        with self._failing("look at", path):
            try:
                found = obstore.get(self._store, path, options={"head": True})
            except FileNotFoundError as error:
                refuse_missing_bucket(error)
                return None
            return describe(found.meta, sha256=found.attributes.get(HASH))

    def read(self, path: str) -> tuple[bytes, Stored] | None:
        """Read a small object; None where there is none."""
        with self._failing("read", path):
            try:
                found = obstore.get(self._store, path)
                return bytes(found.bytes()), describe(found.meta)
            except FileNotFoundError as error:
                refuse_missing_bucket(error)
                return None

    def put(
        self, path: str, content: Content, *, sha256: str, replaces: Stored | None = None
    ) -> Stored:
        """Write an object with one request, and check what the server has then.

        Args:
            replaces: the version that it replaces; None if there must be none.

        Raises:
            Changed: something else is there. Nothing was written.
        """
        mode: PutMode = replaces.mode if replaces else "create"
        with self._failing("write", path):
            try:
                obstore.put(
                    self._store,
                    path,
                    content,
                    attributes={HASH: sha256},
                    mode=mode,
                    use_multipart=False,
                )
            except (AlreadyExistsError, PreconditionError):
                # also where the answer to an attempt was lost, and the next one met its result
                found = self.look(path)
                if found is None or (found.size_bytes, found.sha256) != (_size(content), sha256):
                    raise Changed(path) from None
        return self._check(path, size_bytes=_size(content), sha256=sha256)

    def put_in_parts(self, path: str, file: Path, *, sha256: str) -> None:
        """Write an object of any size, or replace it; readers see the old one or the new."""
        with self._failing("write", path):
            obstore.put(
                self._store,
                path,
                file,
                attributes={HASH: sha256},
                use_multipart=True,
                chunk_size=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )
        self._check(path, size_bytes=_size(file), sha256=sha256)

    def _check(self, path: str, *, size_bytes: int, sha256: str) -> Stored:
        found = self.look(path)
        if found is None or (found.size_bytes, found.sha256) != (size_bytes, sha256):
            is_there = f"{found.size_bytes} bytes, SHA-256 {found.sha256}" if found else "none"
            raise MirrorError(
                f"{self.url}/{path}: expected the {size_bytes} bytes that were written, "
                f"SHA-256 {sha256}, found {is_there}; the next mirror writes them again"
            )
        return found

    def fetch(self, stored: Stored, target: Path) -> str:
        """Write an object's bytes to a file, and return their SHA-256 as lower-case hex."""
        digest = hashlib.sha256()
        with target.open("wb") as stream:
            for piece in self._pieces(stored):
                digest.update(piece)
                stream.write(piece)
        return digest.hexdigest()

    def _pieces(self, stored: Stored) -> Iterator[memoryview]:
        """Read an object of any size with requests of bounded size, all of one version."""
        for start in range(0, stored.size_bytes, PART_BYTES):
            with self._failing("read", stored.path):
                found = obstore.get(
                    self._store,
                    stored.path,
                    options={"range": (start, start + PART_BYTES), "if_match": stored.e_tag},
                )
                piece = memoryview(found.bytes())
            yield piece

    def delete(self, path: str) -> None:
        """Delete an object; that none is there is as good."""
        with self._failing("delete", path):
            try:
                obstore.delete(self._store, path)
            except FileNotFoundError as error:
                refuse_missing_bucket(error)

    def _failing(self, what: str, path: str) -> AbstractContextManager[None]:
        return as_mirror_error(what, f"{self.url}/{path}" if path else self.url)


def _size(content: Content) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)
