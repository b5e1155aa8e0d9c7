"""Objects below a prefix of an object storage; the only importer of obstore.

Each object that is written here has the SHA-256 of its bytes in its own metadata.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import from_url

from ingest.errors import MirrorError
from ingest.mirror.address import Address

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode, UpdateVersion
    from obstore.store import ClientConfig, RetryConfig, S3Config

PART_BYTES: Final = 8 << 20
"""More is sent and fetched in parts of this size, to bound memory and the time of a request."""
PARTS_AT_ONCE: Final = 2
HASH: Final = "sha256"
"""The name of the hash in an object's metadata."""
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
_STATUS: Final = re.compile(r"status code: (\d+ [A-Z][\w ]*)")
_ERROR: Final = re.compile(r"<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", re.DOTALL)
_METADATA_SERVER: Final = re.compile("/latest/api/token|/latest/meta-data|computeMetadata")
"""A cloud's server for credentials, which is asked where the environment has none."""

Content = bytes | mmap | Path


class Changed(Exception):  # noqa: N818 - names the state of the object
    """An object is not, or no longer, what a condition says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object as the server describes it."""

    path: str
    size_bytes: int
    e_tag: str | None
    version: str | None
    sha256: str | None = None
    """As its writer recorded it; a list of objects does not tell."""

    @property
    def mode(self) -> "PutMode":
        """The condition that it is still this very version."""
        mode: UpdateVersion = {"e_tag": self.e_tag}
        return mode | {"version": self.version} if self.version else mode


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
                yield from map(_stored, page)

    def look(self, path: str) -> Stored | None:
        """Describe an object; None where there is none."""
        with self._failing("look at", path):
            try:
                found = obstore.get(self._store, path, options={"head": True})
            except FileNotFoundError as error:
                _refuse_missing_bucket(error)
                return None
            return _stored(found.meta, sha256=found.attributes.get(HASH))

    def read(self, path: str) -> tuple[bytes, Stored] | None:
        """Read a small object; None where there is none."""
        with self._failing("read", path):
            try:
                found = obstore.get(self._store, path)
                return bytes(found.bytes()), _stored(found.meta)
            except FileNotFoundError as error:
                _refuse_missing_bucket(error)
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
        """Write an object of any size, whatever is there; readers see the old one or the new."""
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
                _refuse_missing_bucket(error)

    @contextmanager
    def _failing(self, what: str, path: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.filename:
                raise
            where = f"{self.url}/{path}" if path else self.url
            found, next_step = _describe(error)
            raise MirrorError(
                f"{where}: expected to {what} it, found {found}; {next_step}"
            ) from error


def _stored(meta: "ObjectMeta", *, sha256: str | None = None) -> Stored:
    return Stored(
        path=meta["path"],
        size_bytes=meta["size"],
        e_tag=meta["e_tag"],
        version=meta["version"],
        sha256=sha256,
    )


def _size(content: Content) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


def _refuse_missing_bucket(error: FileNotFoundError) -> None:
    if "NoSuchBucket" in str(error):
        raise error


def _describe(error: Exception) -> tuple[str, str]:
    """Say what the server answered, and the next step."""
    text, _, _ = str(error).partition("\n\n")
    if _METADATA_SERVER.search(text):
        return "no credentials", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give a role"
    found = text.splitlines()[0].rpartition(" - ")[2].removeprefix("HTTP error: ")
    if answer := _ERROR.search(text):
        found = ": ".join(answer.groups())
    elif status := _STATUS.search(text):
        found = status[1]
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return found, "check the credentials, and what they may do in this bucket"
    if "NoSuchBucket" in text:
        return found, "make the bucket, or correct MX_MIRROR"
    return found, "the next mirror continues from here"
