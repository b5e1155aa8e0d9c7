"""Blocks of every codec are decompressed, up to a limit."""

import zlib

import pyarrow as pa
import pytest

from ingest.delivery.avro.codec import decompress
from ingest.delivery.avro.rows import BATCH_ROWS
from ingest.errors import RejectedError
from tests.delivery.avro.containers import read, record
from tests.support.sender import avro_bytes


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_every_codec_is_read(codec: str) -> None:
    rows = [{"field": "x" * 50 + str(number)} for number in range(BATCH_ROWS + 10)]

    assert read(avro_bytes(rows, schema=record(("field", "string")), codec=codec))[1] == rows


def test_snappy_and_zstandard_blocks_are_read() -> None:
    plain = b"plain" * 100
    snappy = pa.compress(plain, codec="snappy", asbytes=True) + zlib.crc32(plain).to_bytes(4, "big")

    assert decompress(snappy, codec="snappy", limit=1000) == plain
    zstandard = pa.compress(plain, codec="zstd", asbytes=True)
    assert decompress(zstandard, codec="zstandard", limit=1000) == plain


@pytest.mark.parametrize("codec", ["deflate", "bzip2", "xz", "zstandard", "snappy"])
def test_a_block_that_is_not_of_its_codec_is_turned_away(codec: str) -> None:
    with pytest.raises(RejectedError, match="not_avro"):
        decompress(b"\x09nonsense", codec=codec, limit=1000)


def test_a_block_that_explodes_is_stopped_at_its_limit() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    squeezed = bomb.compress(bytes(50_000_000)) + bomb.flush()

    with pytest.raises(RejectedError, match="too_large"):
        decompress(squeezed, codec="deflate", limit=1_000_000)
