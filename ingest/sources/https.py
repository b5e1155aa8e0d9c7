"""MX's Reporting API as a source: a list of daily files, and each of them by its day and kind.

Documented: the paths, both media types, the header with the key, 404 for a client that is not
enabled, 410 for a file that has expired, byte ranges. Inferred from MX's other APIs: 401, 403, 429.
Not documented: which hash a checksum is, whether a size is that of the plain file, rate limits.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, cast

import httpx

from ingest.delivery import DailyFile, parse_name
from ingest.errors import FileAbsent, FileGone, NotResumable, SettingsError, SourceError
from ingest.sources import Https, SourceFile
from ingest.sources.api_list import MAX_LIST_BYTES, read_list
from ingest.sources.https_client import Told, check_address, make_client

KEY_HEADER: Final = "MD-API-KEY"
LIST_TYPE: Final = "application/vnd.mx.logs.v1+json"
FILE_TYPE: Final = "application/vnd.mx.logs.v1+avro"
CHUNK_BYTES: Final = 1 << 18
GROWTH: Final = 2
SLACK_BYTES: Final = 16 << 20
"""How far beyond its listed size a body may go, armour included, before it is cut off."""

_LIST_ADVICE: Final = {
    401: "check MX_API_KEY, which differs between integration and production",
    403: "check MX_API_KEY, and that MX allows this machine's address",
    404: "check the client id in MX_SOURCE, and that MX has enabled the Reporting API for it",
}
_FILE_ADVICE: Final = {
    401: "check MX_API_KEY",
    403: "check that MX allows this machine's address",
    404: "MX lists it and does not give it",
    410: "MX's copy is gone",
}
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class ReportingApi:
    """The daily files of one client; several threads may fetch at once."""

    def __init__(self, client: httpx.Client, address: str, *, api_key: str) -> None:
        self._client = client
        self._address = address.rstrip("/")
        self._headers = {KEY_HEADER: api_key}
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._versions: dict[str, _Version] = {}
        """Of files that were begun, by name."""

    def list_files(self) -> list[SourceFile]:
        client_id = self._address.rpartition("/")[2]
        told = Told(f"the list of client {client_id}")
        headers = self._headers | {"Accept": LIST_TYPE}
        with told, self._client.stream("GET", self._address, headers=headers) as response:
            if response.status_code != httpx.codes.OK:
                try:
                    told.refuse(response, advice=_LIST_ADVICE)
                except (FileAbsent, FileGone) as error:
                    raise SourceError(str(error)) from error
            body = b""
            for chunk in response.iter_bytes(CHUNK_BYTES):
                body += chunk
                if len(body) > MAX_LIST_BYTES:
                    raise SourceError(
                        f"https: expected a list of at most {MAX_LIST_BYTES:,} bytes, found more"
                    )
        files = read_list(body)
        self._sizes = {listed.name: listed.size_bytes for listed in files}
        return files

    @contextmanager
    def open_file(self, name: str, *, offset: int) -> Iterator[BinaryIO]:
        told = Told(f"the file {name!r}")
        headers = self._headers | {"Accept": FILE_TYPE} | self._range(name, offset)
        with told, self._client.stream("GET", self._url(name), headers=headers) as response:
            if response.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                told.refuse(response, advice=_FILE_ADVICE)
            self._check_start(name, response, offset=offset)
            size_bytes = self._sizes.get(name, 0)
            limit = size_bytes * GROWTH + SLACK_BYTES if size_bytes else None
            yield cast("BinaryIO", _Body(response, told=told, limit=limit))

    def _url(self, name: str) -> str:
        file = parse_name(name)
        if not isinstance(file, DailyFile):
            raise SourceError(f"https: expected the name of a daily file, found {name!a}")
        day = file.delivery.snapshot_date.isoformat()
        return f"{self._address}/{day}/{file.resource}/{file.event}"

    def _range(self, name: str, offset: int) -> dict[str, str]:
        if not offset:
            return {}
        version = self._versions.get(name)
        validator = version.validator if version else None
        return {"Range": f"bytes={offset}-"} | ({"If-Range": validator} if validator else {})

    def _check_start(self, name: str, response: httpx.Response, *, offset: int) -> None:
        """See that an answer begins where it should, in the file that was begun.

        Raises:
            NotResumable: it does not.
        """
        found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        begins_at, size_bytes = (int(found[1]), found[2]) if found else (0, None)
        is_part = response.status_code == httpx.codes.PARTIAL_CONTENT
        is_part = is_part and not _is_coded(response)
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
    """What tells one version of a file from another: its tag or time, its size."""

    def __init__(self, validator: str | None, size_bytes: str | None) -> None:
        self.validator = validator
        self.size_bytes = size_bytes

    @classmethod
    def of(cls, response: httpx.Response, *, size_bytes: str | None) -> "_Version":
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
    """The body of an answer as a stream; a broken connection is told in our words."""

    def __init__(self, response: httpx.Response, *, told: Told, limit: int | None) -> None:
        read = response.iter_bytes if _is_coded(response) else response.iter_raw
        self._chunks = read(CHUNK_BYTES)
        self._told = told
        self._limit = limit
        self._left = b""
        self._size = 0

    def read(self, size: int, /) -> bytes:
        if not self._left:
            with self._told:
                self._left = next(self._chunks, b"")
            self._size += len(self._left)
            if self._limit is not None and self._size > self._limit:
                raise SourceError(
                    f"https: expected a file of at most {self._limit:,} bytes, found more"
                )
        chunk, self._left = self._left[:size], self._left[size:]
        return chunk


def _is_coded(response: httpx.Response) -> bool:
    """Say whether a body was compressed on the way, although we asked for none of that."""
    coding: str = response.headers.get("content-encoding", "identity")
    return coding.lower() != "identity"


@contextmanager
def open_api(address: str, *, api_key: str | None, https: Https) -> Iterator[ReportingApi]:
    """Open `https://host/download/<client_id>`; a connection is made with the first look.

    Raises:
        SettingsError: the address is malformed, the key is missing, or a certificate unreadable.
    """
    check_address(address, setting="MX_SOURCE")
    if not api_key:
        raise SettingsError("MX_API_KEY: expected the key of the Reporting API, found nothing")
    if not re.fullmatch(r"[\x21-\x7e]+", api_key):
        raise SettingsError("MX_API_KEY: expected one word in ASCII, found other characters")
    with make_client(https) as client:
        yield ReportingApi(client, address, api_key=api_key)
