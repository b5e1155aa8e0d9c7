"""A daily file of any size: some thousand synthetic rows over and over, each under its own key."""

import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import fastavro
import pyarrow as pa

from bench.receiver import CATALOGUE, PATTERN_DAY, BenchReceiver
from bench.typical_day import files_of
from ingest.delivery.avro.container import write_long
from ingest.delivery.names import DailyFile, Event
from sample.send.daily_file import BLOCK_BYTES, CountedStream
from sample.send.delivery import Sent
from sample.send.schema import make_schema

DISTINCT_ROWS: Final = 4_000
RESOURCE: Final = "transactions"


def _snappy(plain: bytes) -> bytes:
    return bytes(pa.Codec("snappy").compress(plain, asbytes=True)) + zlib.crc32(plain).to_bytes(4)


def _deflate(plain: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(plain) + stream.flush()


class Codec(StrEnum):
    """How a file's blocks are compressed."""

    NULL = "null"
    DEFLATE = "deflate"
    SNAPPY = "snappy"


COMPRESS: Final[Mapping[Codec, Callable[[bytes], bytes]]] = {
    Codec.NULL: lambda plain: plain,
    Codec.DEFLATE: _deflate,
    Codec.SNAPPY: _snappy,
}


@dataclass(frozen=True, slots=True)
class LargeFile:
    """Created transactions, with 56 columns of which one is the key."""

    schema: Any
    rows: Sequence[tuple[bytes, bytes]]
    """Encoded, what stands before and behind the key."""

    def row_count(self, plain_bytes: float) -> int:
        """Say how many rows take so many bytes, before a codec."""
        size = sum(len(before) + len(_key(0)) + len(behind) for before, behind in self.rows)
        return int(plain_bytes / size * len(self.rows))

    def write(self, stream: BinaryIO, *, row_count: int, codec: Codec) -> None:
        """Write so many rows as an Avro object container."""
        marker = hashlib.sha256(b"benchmark").digest()[:16]
        fastavro.writer(stream, self.schema, [], codec=str(codec), sync_marker=marker)
        for count, plain in self._blocks(row_count):
            rows = COMPRESS[codec](plain)
            stream.write(b"".join((write_long(count), write_long(len(rows)), rows, marker)))

    def _blocks(self, row_count: int) -> Iterator[tuple[int, bytes]]:
        block, first = bytearray(), 0
        for number in range(row_count):
            before, behind = self.rows[number % len(self.rows)]
            block += before + _key(number) + behind
            if len(block) >= BLOCK_BYTES or number == row_count - 1:
                yield number + 1 - first, bytes(block)
                block, first = bytearray(), number + 1


def _key(number: int) -> bytes:
    return b"TRN-" + hashlib.md5(b"%d" % number, usedforsecurity=False).hexdigest().encode()


def make_large_file(receiver: BenchReceiver) -> LargeFile:
    """Take the rows from a typical day."""
    schema = make_schema(RESOURCE, day=0, catalogue=CATALOGUE)
    parsed = fastavro.parse_schema(schema)
    rows = []
    for row in receiver.days.rows(daily_file(), PATTERN_DAY):
        encoded = io.BytesIO()
        fastavro.schemaless_writer(encoded, parsed, row)
        before, _, behind = encoded.getvalue().partition(row["guid"].encode())
        rows.append((before, behind))
    return LargeFile(schema, rows)


def daily_file() -> DailyFile:
    files = files_of(PATTERN_DAY)
    return next(file for file in files if file.resource == RESOURCE and file.event == Event.CREATED)


def send_large_file(
    large: LargeFile, receiver: BenchReceiver, *, row_count: int, codec: Codec, source: Path
) -> Sent:
    """Encrypt a file of so many rows into a source, with a manifest that lists it alone."""
    file = daily_file()
    path = source / f"{file.stem}.avro.pgp"
    with receiver.post.encrypt_into(path) as stream:
        counted = CountedStream(stream)
        large.write(cast("BinaryIO", counted), row_count=row_count, codec=codec)
    sent = Sent(
        file=file,
        row_count=row_count,
        plain_bytes=counted.size_bytes,
        encrypted_bytes=path.stat().st_size,
        checksum=counted.sha256.hexdigest(),
    )
    receiver.send_manifest([sent], PATTERN_DAY, source=source)
    return sent
