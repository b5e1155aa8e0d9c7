"""MX's Reporting API on this machine, over a folder of deliveries; loopback only.

https://docs.mx.com/api-reference/more-apis/reporting/ documents the list of daily files, each file
for a week, 404 and 410. 401, 405 and 406 come from MX's other APIs.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hmac import compare_digest
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from ingest.delivery.names import DailyFile, parse_stem
from ingest.errors import IngestError
from ingest.openpgp.keyring import Keyring
from ingest.store.durable import write_in_place
from sample.send.armour import Bodies
from sample.serve.answers import CHUNK_BYTES, Answer, Refused, Request, complete, read_range
from sample.serve.certificates import Authority
from sample.serve.deliveries import Body, ServedDeliveries
from sample.serve.https_server import Faults, serve_https

LIST_TYPE = "application/vnd.mx.logs.v1+json"
FILE_TYPE = "application/vnd.mx.logs.v1+avro"
HOSTS = ("127.0.0.1", "localhost")
LIST_PARTS, FILE_PARTS = 2, 5
"""/download/{client_id} and, below it, /{date}/{resource_type}/{action}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAt:
    """The address of the API, and the certificate to trust."""

    host: str
    port: int
    ca: Path
    """The certificate that a client trusts, as PEM."""
    deliveries: ServedDeliveries

    def address_of(self, client_guid: str) -> str:
        return f"https://{self.host}:{self.port}/download/{client_guid}"


def utc_now() -> datetime:
    return datetime.now(tz=UTC)


@contextmanager
def serve_reporting_api(
    folder: Path,
    *,
    keyring: Keyring,
    api_key: str,
    bodies: Bodies = "pgp",
    now: Callable[[], datetime] = utc_now,
    host: str = "127.0.0.1",
    port: int = 0,
    ca: Path | None = None,
    faults: Faults | None = None,
) -> Iterator[ServedAt]:
    """Serve a folder until the block ends.

    Args:
        keyring: decrypts the manifests, and the files if they are sent unencrypted.
        now: the time in UTC; files expire after a week.
        port: 0 takes a free one.
        ca: where the authority's certificate is written; by default a temporary folder.
    """
    deliveries = ServedDeliveries(folder=folder.resolve(), keyring=keyring, bodies=bodies, now=now)
    api = ReportingApi(deliveries, api_key=api_key)
    authority = Authority()
    with ExitStack() as stack:
        if ca is None:
            ca = Path(stack.enter_context(TemporaryDirectory(prefix="mx-api-")), "ca.pem")
        write_in_place(ca, authority.pem)
        chain = authority.issue(*HOSTS)
        serving = serve_https(api.answering, chain=chain, address=(host, port), faults=faults)
        taken = stack.enter_context(serving)
        yield ServedAt(host=host, port=taken, ca=ca, deliveries=deliveries)


class ReportingApi:
    """Answers requests that have the key."""

    def __init__(self, deliveries: ServedDeliveries, *, api_key: str) -> None:
        self._deliveries = deliveries
        self._api_key = api_key.encode()

    @contextmanager
    def answering(self, request: Request) -> Iterator[Answer]:
        """Yield the answer to a request, whose file is open until the block ends."""
        with ExitStack() as stack:
            try:
                answer = self._answer(request, stack)
            except Refused as refused:
                answer = refused.answer()
            except IngestError as error:
                answer = Refused(HTTPStatus.INTERNAL_SERVER_ERROR, str(error)).answer()
            yield answer

    def _answer(self, request: Request, stack: ExitStack) -> Answer:
        if not compare_digest((request.api_key or "").encode(), self._api_key):
            raise Refused(HTTPStatus.UNAUTHORIZED, "expected the key in the header MD-API-KEY")
        root, *path = [unquote(part) for part in urlsplit(request.path).path.split("/")]
        if root or path[:1] != ["download"] or len(path) not in (LIST_PARTS, FILE_PARTS):
            raise Refused(HTTPStatus.NOT_FOUND, "no such address")
        if request.method != "GET":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "expected GET", Allow="GET")
        if path[1] not in self._deliveries.clients():
            raise Refused(HTTPStatus.NOT_FOUND, "no such client")
        if len(path) == LIST_PARTS:
            return self._list(request, path[1])
        return self._send_file(request, ".".join(path[1:]), stack)

    def _list(self, request: Request, client_guid: str) -> Answer:
        _expect(LIST_TYPE, request)
        files = {"daily_snapshot_files": self._deliveries.list_files(client_guid)}
        return complete(HTTPStatus.OK, json.dumps(files).encode(), kind=LIST_TYPE)

    def _send_file(self, request: Request, stem: str, stack: ExitStack) -> Answer:
        _expect(FILE_TYPE, request)
        file = parse_stem(stem)
        if file is None:
            raise Refused(HTTPStatus.NOT_FOUND, "no such file")
        if self._deliveries.is_gone(file.delivery.snapshot_date):
            raise Refused(HTTPStatus.GONE, "files are kept for seven days")
        return _send(self._open(file, stack), request)

    def _open(self, file: DailyFile, stack: ExitStack) -> Body:
        try:
            return stack.enter_context(self._deliveries.open_body(file))
        except FileNotFoundError as error:
            raise Refused(HTTPStatus.NOT_FOUND, "no such file") from error


def _expect(kind: str, request: Request) -> None:
    accepted = request.headers.get("accept", "").split(",")
    if kind not in (each.partition(";")[0].strip().lower() for each in accepted):
        raise Refused(HTTPStatus.NOT_ACCEPTABLE, f"expected the header Accept: {kind}")


def _send(body: Body, request: Request) -> Answer:
    """Answer with a body, or with a range if the client has begun the same body."""
    is_same = request.headers.get("if-range", body.etag) == body.etag
    asked = request.headers.get("range") if is_same else None
    wanted = read_range(asked, size_bytes=body.size_bytes)
    part = range(body.size_bytes) if wanted is None else wanted
    answer = Answer(
        status=HTTPStatus.OK,
        headers={
            "Content-Type": FILE_TYPE,
            "Content-Length": str(len(part)),
            "Accept-Ranges": "bytes",
            "ETag": body.etag,
        },
        chunks=_read(body.stream, part),
    )
    if wanted is None:
        return answer
    content_range = f"bytes {part.start}-{part.stop - 1}/{body.size_bytes}"
    return replace(
        answer,
        status=HTTPStatus.PARTIAL_CONTENT,
        headers={**answer.headers, "Content-Range": content_range},
    )


def _read(stream: BinaryIO, part: range) -> Iterator[bytes]:
    stream.seek(part.start, io.SEEK_SET)
    left = len(part)
    while left and (chunk := stream.read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
        yield chunk
