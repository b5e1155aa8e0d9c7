"""The schema of an Avro file in a source, plain or encrypted, by its first bytes alone."""

import io
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, Final

from ingest.delivery.avro import MAGIC
from ingest.delivery.avro.container import MAX_METADATA_BYTES, read_header
from ingest.errors import RejectedError
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import Plaintext
from ingest.receive.sources import Source

START_BYTES: Final = 1 << 20
MAX_PLAIN_BYTES: Final = 4 * MAX_METADATA_BYTES
"""What the start of a ciphertext may become at most: no schema is further inside."""


def read_schema(source: Source, name: str, *, keyring: Keyring, scratch: Path) -> Any | None:
    """Give the schema in a file's header; None where its start is not to be read as Avro.

    Raises:
        SourceError: the file cannot be read.
        KeyringError: gpg or the receiver's key is out of order.
    """
    with source.open_file(name, offset=0) as stream:
        start = _read_start(stream)
    try:
        if start.startswith(MAGIC):
            return read_header(io.BytesIO(start)).schema
        return _decrypt_schema(start, keyring=keyring, scratch=scratch)
    except RejectedError:
        return None


def _decrypt_schema(start: bytes, *, keyring: Keyring, scratch: Path) -> Any | None:
    """Only ciphertext is put aside; what gpg says of its end tells nothing here."""
    with tempfile.NamedTemporaryFile(prefix="start-", dir=scratch) as ciphertext:
        ciphertext.write(start)
        ciphertext.flush()
        found: list[Any] = []
        try:
            with keyring.decrypt(
                Path(ciphertext.name), max_bytes=MAX_PLAIN_BYTES, is_complete=False
            ) as plain:
                found.append(_schema_of(plain))
        except RejectedError:
            if not found:
                raise
        return found[0]


def _schema_of(plain: Plaintext) -> Any:
    return read_header(plain).schema


def _read_start(stream: BinaryIO) -> bytes:
    start = b""
    while len(start) < START_BYTES and (more := stream.read(START_BYTES - len(start))):
        start += more
    return start
