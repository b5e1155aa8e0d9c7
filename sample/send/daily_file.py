"""One daily file: rows in, ciphertext out, and no plaintext on a disk."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from fastavro.write import Writer

from ingest.delivery.names import DailyFile
from ingest.openpgp.encrypt import Post
from sample.world.life import Row

BLOCK_BYTES = 1 << 16


@dataclass(slots=True)
class CountedStream:
    """A stream that counts and hashes what is written to it."""

    stream: BinaryIO
    size_bytes: int = 0
    sha256: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes, /) -> int:
        self.size_bytes += len(data)
        self.sha256.update(data)
        return self.stream.write(data)

    def flush(self) -> None:
        self.stream.flush()

    def seekable(self) -> bool:
        return False


@dataclass(slots=True, kw_only=True)
class OpenFile:
    """A daily file that is being written; its sizes and hash are final once it is closed."""

    file: DailyFile
    path: Path
    counted: CountedStream
    avro: Any
    row_count: int = 0

    def write(self, row: Row) -> None:
        self.avro.write(row)
        self.row_count += 1


@contextmanager
def write_daily_file(
    file: DailyFile, *, path: Path, schema: dict[str, Any], codec: str, post: Post
) -> Iterator[OpenFile]:
    """Write a daily file's rows through gpg into its ciphertext.

    Raises:
        KeyringError: gpg refused.
    """
    with post.encrypt_into(path) as stream:
        counted = CountedStream(stream)
        # Avro asks for a random sync marker; this one makes files of equal rows equal
        marker = hashlib.sha256(file.stem.encode()).digest()[:16]
        avro = Writer(
            cast("BinaryIO", counted),
            schema,
            codec=codec,
            sync_interval=BLOCK_BYTES,
            sync_marker=marker,
        )
        yield OpenFile(file=file, path=path, counted=counted, avro=avro)
        avro.flush()
