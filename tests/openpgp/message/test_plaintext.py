"""A plaintext counts and hashes what is read, here or in another process."""

import hashlib
import os

import pytest

from ingest.openpgp.message.plaintext import CHUNK_BYTES, Totals, plaintext_pipe


def test_size_and_hash_are_those_of_the_complete_file() -> None:
    with plaintext_pipe() as (plain, write_end):
        os.write(write_end, b"abcdef")
        os.close(write_end)
        plain.read(2)
        plain.drain()

    assert plain.totals == Totals(6, hashlib.sha256(b"abcdef").hexdigest())


@pytest.mark.parametrize(("limit", "found"), [(CHUNK_BYTES, False), (CHUNK_BYTES - 1, True)])
def test_a_stream_ends_soon_after_its_limit(limit: int, found: bool) -> None:
    with plaintext_pipe(limit=limit) as (plain, write_end):
        for _ in range(2):
            os.write(write_end, bytes(CHUNK_BYTES))
            plain.read(CHUNK_BYTES)
        os.close(write_end)

    assert (plain.size_bytes == CHUNK_BYTES) is found


def test_another_process_reports_the_totals() -> None:
    with plaintext_pipe() as (plain, write_end):
        os.close(write_end)
        plain.was_read_elsewhere(Totals(5, "f" * 64))

    assert (plain.size_bytes, plain.sha256) == (5, "f" * 64)
