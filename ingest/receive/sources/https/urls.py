"""A list of URLs as a source, as MX sends one for files that a bank has bought.

MX documents only that the list is a JSON array. Its paths and hosts are unknown, and whether they
need the key of the Reporting API. So a file is named by its path, and only the host of MX_SOURCE
gets the key. A URL may hold a secret in its query, so no message shows it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, BinaryIO, Final
from urllib.parse import SplitResult, unquote, urlsplit

from ingest.errors import SourceError
from ingest.receive.sources import MOST_BYTES, Https, SourceFile
from ingest.receive.sources.https.api import FILE_TYPE, KEY_HEADER, LIST_TYPE
from ingest.receive.sources.https.client import Client, check_address, open_client
from ingest.receive.sources.https.file import RemoteFiles

MAX_LIST_BYTES: Final = 16 << 20
WHERE: Final = "list of URLs"
_ADVICE: Final = {
    401: "check MX_API_KEY, which goes to the host of MX_SOURCE alone",
    403: "get a new list if its URLs have expired; check that this machine may ask",
    404: "get a new list",
    410: "get a new list",
}


class UrlList:
    """A source that knows its files by their URLs alone, without sizes and times."""

    def __init__(self, client: Client, urls: Mapping[str, str], *, key: "Key") -> None:
        """Take URLs by the names of their files."""
        self._files = RemoteFiles(client, advice=_ADVICE)
        self._urls = urls
        self._key = key

    def list_files(self) -> list[SourceFile]:
        return [SourceFile(name=name, size_bytes=0) for name in self._urls]

    def open_file(self, name: str, *, offset: int) -> AbstractContextManager[BinaryIO]:
        url = self._urls[name]
        headers = self._key.headers(url, accept=FILE_TYPE)
        return self._files.open(url, name=name, headers=headers, offset=offset, limit=MOST_BYTES)


class Key:
    """The key of the Reporting API, for the host that it belongs to."""

    def __init__(self, api_key: str | None, *, address: str) -> None:
        self._api_key = api_key
        self._host = _host(urlsplit(address))

    def headers(self, url: str, *, accept: str) -> dict[str, str]:
        """Return the headers of a request, with the key only for its own host."""
        if not self._api_key or _host(urlsplit(url)) != self._host:
            return {"Accept": "*/*"}
        return {"Accept": accept, KEY_HEADER: self._api_key}


@contextmanager
def open_urls(
    where: str, text: bytes | None, *, api_key: str | None, address: str, https: Https
) -> Iterator[UrlList]:
    """Open the files of a list.

    Args:
        where: the address that answers with the list, if there is no text of one.
        address: MX_SOURCE, whose host may see the key.

    Raises:
        SettingsError: an address is malformed, or a certificate unreadable.
        SourceError: the list cannot be read.
    """
    key = Key(api_key, address=address)
    with open_client(https) as client:
        urls = parse_urls(_ask(client, where, key=key) if text is None else text)
        yield UrlList(client, name_urls(urls), key=key)


def parse_urls(text: bytes) -> list[str]:
    """Read a JSON array of URLs, or one a line.

    Raises:
        SourceError: it is neither.
        SettingsError: an address is not encrypted.
    """
    try:
        content = text.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise _no_list("bytes that are no UTF-8") from error
    urls = _json_urls(content) if content.startswith(("[", "{")) else content.split()
    if not urls:
        raise _no_list("none")
    for url in urls:
        if not url.startswith(("https://", "http://")):
            raise _no_list("something that is no URL")
        check_address(url, setting=WHERE)
    return list(dict.fromkeys(urls))


def name_urls(urls: Sequence[str]) -> dict[str, str]:
    """Name each file by the path of its URL, after a hash where several have the same path."""
    paths = {url: unquote(urlsplit(url).path).strip("/") for url in urls}
    counts = Counter(paths.values())
    return {
        path if counts[path] == 1 else f"{hashlib.sha256(url.encode()).hexdigest()[:8]}/{path}": url
        for url, path in paths.items()
    }


def _ask(client: Client, where: str, *, key: Key) -> bytes:
    check_address(where, setting=WHERE)
    body = client.read(
        where,
        subject=f"the list at {urlsplit(where).hostname}",
        headers=key.headers(where, accept=LIST_TYPE),
        advice=_ADVICE,
        max_bytes=MAX_LIST_BYTES,
    )
    if body is None:
        raise _no_list(f"more than {MAX_LIST_BYTES:,} bytes")
    return body


def _json_urls(text: str) -> list[str]:
    """MX wraps the list of daily files into an object of one entry, and may do so here."""
    try:
        listed: Any = json.loads(text)
    except ValueError as error:
        raise _no_list("broken JSON") from error
    if isinstance(listed, dict) and len(listed) == 1:
        [listed] = listed.values()
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise _no_list("other JSON")
    return listed


def _host(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def _no_list(found: str) -> SourceError:
    return SourceError(f"{WHERE}: expected a JSON array of URLs, or one a line, found {found}")
