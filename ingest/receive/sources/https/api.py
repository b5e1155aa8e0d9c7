"""MX's Reporting API as a source: a list of daily files, and each file by day, resource and event.

MX documents the paths, both media types, the header with the key, and byte ranges. 404 means a
client that is not enabled, 410 a file that has expired. 401, 403 and 429 are inferred from MX's
other APIs. MX documents no rate limits, nor the kind of the checksum and of the size.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO, Final

from ingest.delivery.names import DailyFile, parse_name
from ingest.errors import FileAbsent, FileGone, SettingsError, SourceError
from ingest.receive.sources import Https, SourceFile, most_bytes
from ingest.receive.sources.https.client import Client, check_address, open_client
from ingest.receive.sources.https.file import RemoteFiles
from ingest.receive.sources.https.listing import MAX_LIST_BYTES, read_list

KEY_HEADER: Final = "MD-API-KEY"
LIST_TYPE: Final = "application/vnd.mx.logs.v1+json"
FILE_TYPE: Final = "application/vnd.mx.logs.v1+avro"

_LIST_ADVICE: Final = {
    401: "check MX_API_KEY, which differs between integration and production",
    403: "check MX_API_KEY, and that MX allows this machine's address",
    404: "check the client id in MX_SOURCE, and that MX has enabled the Reporting API for it",
}
_FILE_ADVICE: Final = {
    401: "check MX_API_KEY",
    403: "check that MX allows this machine's address",
    404: "MX lists the file and does not send it",
    410: "MX's copy is gone",
}


class ReportingApi:
    """The daily files of one client of MX; several threads may fetch at once."""

    def __init__(self, client: Client, address: str, *, api_key: str) -> None:
        self._client = client
        self._address = address.rstrip("/")
        self._headers = {KEY_HEADER: api_key}
        self._files = RemoteFiles(client, advice=_FILE_ADVICE)
        self._sizes: dict[str, int] = {}

    def list_files(self) -> list[SourceFile]:
        client_id = self._address.rpartition("/")[2]
        try:
            body = self._client.read(
                self._address,
                subject=f"the list of client {client_id}",
                headers=self._headers | {"Accept": LIST_TYPE},
                advice=_LIST_ADVICE,
                max_bytes=MAX_LIST_BYTES,
            )
        except (FileAbsent, FileGone) as error:
            raise SourceError(str(error)) from error
        if body is None:
            raise SourceError(
                f"https: expected a list of at most {MAX_LIST_BYTES:,} bytes, found more"
            )
        files = read_list(body)
        self._sizes = {listed.name: listed.size_bytes for listed in files}
        return files

    def open_file(self, name: str, *, offset: int) -> AbstractContextManager[BinaryIO]:
        return self._files.open(
            self._url(name),
            name=name,
            headers=self._headers | {"Accept": FILE_TYPE},
            offset=offset,
            limit=most_bytes(self._sizes.get(name, 0)),
        )

    def _url(self, name: str) -> str:
        file = parse_name(name)
        if not isinstance(file, DailyFile):
            raise SourceError(f"https: expected the name of a daily file, found {name!a}")
        day = file.delivery.snapshot_date.isoformat()
        return f"{self._address}/{day}/{file.resource}/{file.event}"


@contextmanager
def open_api(address: str, *, api_key: str | None, https: Https) -> Iterator[ReportingApi]:
    """Open `https://host/download/<client_id>`; the connection is made when it is first needed.

    Raises:
        SettingsError: the address is malformed, the key is missing, or a certificate unreadable.
    """
    check_address(address, setting="MX_SOURCE")
    if "?" in address or "#" in address:
        raise SettingsError(
            "MX_SOURCE: expected https://host/download/<client_id>, found more after the path"
        )
    if not api_key:
        raise SettingsError("MX_API_KEY: expected the key of the Reporting API, found nothing")
    if not re.fullmatch(r"[\x21-\x7e]+", api_key):
        raise SettingsError("MX_API_KEY: expected one word in ASCII, found other characters")
    with open_client(https) as client:
        yield ReportingApi(client, address, api_key=api_key)
