"""The body of one file over HTTPS from any byte on, if it is still the version that was begun."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import BinaryIO, Final, cast

from ingest.errors import NotResumable, SourceError
from ingest.receive.sources.https.client import Advice, Client, Response, explain_failures

_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class RemoteFiles:
    """Opens the bodies of files; several threads may at once."""

    def __init__(self, client: Client, *, advice: Advice) -> None:
        self._client = client
        self._advice = advice
        self._lock = threading.Lock()
        self._versions: dict[str, _Version] = {}
        """Those of the files that were begun, by name."""

    @contextmanager
    def open(
        self, url: str, *, name: str, headers: Mapping[str, str], offset: int, limit: int
    ) -> Iterator[BinaryIO]:
        """Open a file from an offset in bytes.

        Args:
            name: its name in every message, which never shows the URL.
            limit: how many bytes its body may have.

        Raises:
            NotResumable: it can only be read from its start.
            SourceError: it cannot be read.
        """
        subject = f"the file {name!r}"
        with self._client.get(
            url,
            subject=subject,
            headers={**headers, **self._range(name, offset)},
            advice=self._advice,
            accepted=(HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT),
        ) as response:
            self._check_start(name, response, offset=offset)
            yield cast("BinaryIO", _Body(response, subject=subject, limit=limit))

    def _range(self, name: str, offset: int) -> dict[str, str]:
        if not offset:
            return {}
        version = self._versions.get(name)
        validator = version.validator if version else None
        return {"Range": f"bytes={offset}-"} | ({"If-Range": validator} if validator else {})

    def _check_start(self, name: str, response: Response, *, offset: int) -> None:
        """Check that an answer begins at the offset, in the version that was begun.

        Raises:
            NotResumable: it does not.
        """
        found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        begins_at, size_bytes = (int(found[1]), found[2]) if found else (0, None)
        is_part = response.status_code == HTTPStatus.PARTIAL_CONTENT
        version = _Version.of(response, size_bytes=size_bytes)
        if offset:
            begun = self._versions.get(name)
            if not is_part or begins_at != offset or (begun and not begun.may_be(version)):
                raise NotResumable(f"https: expected {name!r} from byte {offset:,} on")
        elif is_part:
            raise SourceError(f"https: expected all of {name!r}, found a part of it")
        with self._lock:
            self._versions[name] = version


class _Version:
    """The tag or time of one version of a file, and its size."""

    def __init__(self, validator: str | None, size_bytes: str | None) -> None:
        self.validator = validator
        self.size_bytes = size_bytes

    @classmethod
    def of(cls, response: Response, *, size_bytes: str | None) -> "_Version":
        tag = response.headers.get("etag", "")
        is_strong = tag.startswith('"')
        validator = tag if is_strong else response.headers.get("last-modified")
        return cls(validator, size_bytes or response.headers.get("content-length"))

    def may_be(self, other: "_Version") -> bool:
        return all(
            ours is None or theirs in (None, "*", ours)
            for ours, theirs in (
                (self.validator, other.validator),
                (self.size_bytes, other.size_bytes),
            )
        )


class _Body:
    """The body of an answer as a stream, which raises SourceErrors that name the file."""

    def __init__(self, response: Response, *, subject: str, limit: int) -> None:
        self._chunks = response.iter_raw()
        self._subject = subject
        self._limit = limit
        self._left = b""
        self._size = 0

    def read(self, size: int, /) -> bytes:
        if not self._left:
            with explain_failures(self._subject):
                self._left = next(self._chunks, b"")
            self._size += len(self._left)
            if self._size > self._limit:
                raise SourceError(
                    f"https: expected a file of at most {self._limit:,} bytes, found more"
                )
        chunk, self._left = self._left[:size], self._left[size:]
        return chunk
