"""The result of a container in the processes that convert files, and of files that have landed."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from ingest.delivery.names import DailyFile, parse_name
from ingest.errors import RejectedError
from ingest.landing.converters import (
    IN_COLUMNS_BYTES,
    Conversion,
    Converted,
    ConverterLost,
    Converters,
)
from ingest.openpgp.message.plaintext import plaintext_pipe
from ingest.store.ledger import read_records
from tests.conftest import landed_rows
from tests.support.sender import CLIENT, DAY

LOST = ("", "lost")


def converted(
    container: bytes,
    converters: Converters,
    *,
    is_alone: bool = False,
    listed_rows: int | None = None,
) -> tuple[str, str]:
    """Return the schema and rows of a small container, or the reason why there are none."""
    with TemporaryDirectory() as folder, plaintext_pipe() as (plain, write_end):
        os.write(write_end, container)
        os.close(write_end)
        target = Path(folder, "rows.parquet")
        wanted = conversion(target, size_bytes=IN_COLUMNS_BYTES, listed_rows=listed_rows)
        convert = converters.convert_alone if is_alone else converters.convert
        try:
            return outcome(convert(plain, wanted), target)
        except ConverterLost:
            return LOST


def outcome(result: Converted | RejectedError, target: Path) -> tuple[str, str]:
    if isinstance(result, RejectedError):
        return ("", str(result.reason))
    own = pq.ParquetFile(target).read(columns=[each["name"] for each in result.columns])
    return (str(result.columns), repr(own.to_pylist()))


def conversion(target: Path, *, size_bytes: int, listed_rows: int | None = None) -> Conversion:
    file = parse_name(f"{CLIENT}.{DAY}.users.created.pgp")
    assert isinstance(file, DailyFile)
    return Conversion(
        file=file,
        plain_sha256="0" * 64,
        target=target,
        memory_bytes=256 << 20,
        size_bytes=size_bytes,
        listed_rows=listed_rows,
    )


def decoders(data: Path) -> list[str]:
    records = read_records(data / "ledger")
    return [each["decoder"] for each in records if each["what"] == "landed"]


def guids(data: Path) -> list[str]:
    return [row["guid"] for row in landed_rows(data)]
