"""A file is read to its end, and a wrong end is a failure."""

from pathlib import Path

import pytest
from paramiko import SFTPAttributes
from paramiko.sftp import SFTP_EOF, SFTP_FAILURE

from ingest.receive.sources import Source
from tests.receive.sources.sftp.servers import (
    CONTENT,
    NAMES,
    NO_SIZES,
    Break,
    both,
    fetch,
    lists,
    reads_by,
    unsupported,
)


def test_failure_ends_a_file_where_its_size_says_so_too(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_by(lambda said, _: said or SFTP_FAILURE)(monkeypatch)

    [failure], archived = fetch(source, tmp_path / "data")

    assert f"{NAMES[2]!r}, found that the server answers 'Failure'" in str(failure)
    assert archived == {name: CONTENT[name] for name in NAMES[:2]}


@pytest.mark.parametrize(
    "kind",
    [
        reads_by(lambda said, offset: said if offset < 300_000 else SFTP_EOF),
        reads_by(lambda said, offset: said if offset < 300_000 else b""),
        reads_by(lambda said, offset: said if offset < 300_000 else SFTP_FAILURE),
        both(
            unsupported("fstat", "stat"),
            reads_by(lambda said, offset: said if offset < 300_000 else SFTP_EOF),
        ),
        both(NO_SIZES, reads_by(lambda said, o: said if o < 300_000 else SFTP_FAILURE)),
    ],
    ids=["EOF", "no bytes", "FAILURE", "EOF, and only the list says the size", "FAILURE, no sizes"],
)
def test_a_file_that_ends_too_early_is_a_failure_and_not_archived(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Break
) -> None:
    with monkeypatch.context() as broken:
        kind(broken)
        failures, archived = fetch(source, tmp_path / "data")

    assert NAMES[0] in "".join(map(str, failures))
    assert NAMES[0] not in archived
    assert fetch(source, tmp_path / "data") == ([], CONTENT)


def test_a_file_that_shrank_since_it_was_listed_is_taken_as_it_is(
    source: Source, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed_larger(attributes: SFTPAttributes) -> SFTPAttributes:
        attributes.st_size = attributes.st_size and attributes.st_size + 1_000
        return attributes

    lists(listed_larger)(monkeypatch)

    assert fetch(source, tmp_path / "data") == ([], CONTENT)


def test_a_file_without_end_is_cut_off(
    source: Source, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / NAMES[2]).write_bytes(b"of a size that is listed")
    read_bytes = []

    def more(said: bytes | int, offset: int) -> bytes:
        read_bytes.append(len(said) if isinstance(said, bytes) else 0)
        return bytes(32_768)

    reads_by(more)(monkeypatch)

    failures, archived = fetch(source, tmp_path / "data")

    assert any("bytes, found more" in str(failure) for failure in failures)
    assert NAMES[0] not in archived
    assert len(read_bytes) * 32_768 < 400 << 20
