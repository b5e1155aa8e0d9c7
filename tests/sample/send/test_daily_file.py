"""A daily file is an encrypted container that both decoders read."""

import io
from pathlib import Path
from typing import Any

import fastavro
import pytest

from ingest.delivery.avro.decode import COLUMNS, ROWS, Container, open_container
from ingest.errors import KeyringError
from ingest.openpgp.encrypt import Post
from ingest.openpgp.keyring import Keyring
from tests.sample.conftest import START, SmallWorld


def test_files_use_all_three_codecs(small_world: SmallWorld) -> None:
    paths = small_world.folder.glob(f"*.{START}.*.created.avro.pgp")
    codecs = set()
    for path in paths:
        reader = fastavro.reader(io.BytesIO(small_world.plain(path.name)))
        codecs.add(reader.metadata["avro.codec"])
    assert codecs == {"null", "deflate", "snappy"}


def test_a_refusal_of_gpg_is_an_error_and_nothing_hangs(tmp_path: Path, keyring: Keyring) -> None:
    post = Post(keyring=keyring, recipient="0" * 40)
    with (
        pytest.raises(KeyringError, match="expected gpg to encrypt"),
        post.encrypt_into(tmp_path / "file") as stream,
    ):
        for _ in range(100):
            stream.write(bytes(1 << 16))


def test_both_decoders_give_the_same_rows_of_every_file(small_world: SmallWorld) -> None:
    decoders = set()
    for path in sorted(small_world.folder.glob(f"*.{START}.*.created.avro.pgp")):
        plain = small_world.plain(path.name)
        by_rows, by_columns = (
            open_container(io.BytesIO(plain), in_columns=in_columns) for in_columns in (False, True)
        )
        decoders.add(by_columns.decoder)
        assert by_columns.schema == by_rows.schema
        assert repr(rows_of(by_columns)) == repr(rows_of(by_rows))
    assert decoders == {ROWS, COLUMNS}


def rows_of(container: Container) -> list[dict[str, Any]]:
    return [row for batch in container.batches for row in batch.to_pylist()]
