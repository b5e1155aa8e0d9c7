"""A server that leaves attributes out costs no file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paramiko.sftp import SFTP_EOF

from ingest.errors import SourceError
from ingest.receive.sources import Source
from ingest.receive.sources.sftp.folder import SftpFolder
from ingest.receive.sources.sftp.login import read_login
from tests.receive.sources.sftp.servers import (
    CONTENT,
    NAMES,
    NO_SIZES,
    NOTHING,
    Break,
    answers,
    both,
    ended_by_failure,
    fetch,
    leave_out,
    lists,
    lists_by,
    of_size_0,
    one_a_time,
    reads_by,
    unsupported,
    with_dots_and_doubles,
    with_long_names_alone,
    with_paths,
    without_type,
)
from tests.support.sender import CLIENT, DAY
from tests.support.sshd import Sshd

KINDS: dict[str, Break] = {
    "a list without permissions": lists(leave_out("st_mode")),
    "a list without types": lists(without_type),
    "a list without sizes": lists(leave_out("st_size")),
    "a list of sizes 0": lists(of_size_0),
    "a list without times": lists(leave_out("st_mtime", "st_atime")),
    "a list of names alone": lists(NOTHING),
    "a list of names alone, no LSTAT": both(lists(NOTHING), unsupported("lstat")),
    "a list of names alone, no STAT": both(lists(NOTHING), unsupported("stat")),
    "names alone, no types in LSTAT": both(
        lists(NOTHING), answers(without_type, "lstat", "stat", "fstat")
    ),
    "names alone, nothing else": both(lists(NOTHING), unsupported("stat", "lstat", "fstat")),
    "FSTAT says size 0": answers(of_size_0, "fstat"),
    "no FSTAT": unsupported("fstat"),
    "FSTAT says nothing": answers(NOTHING, "fstat"),
    "no STAT, LSTAT, FSTAT": unsupported("stat", "lstat", "fstat"),
    "size 0 wherever one asks": NO_SIZES,
    "one entry a READDIR": lists_by(one_a_time),
    "dots, doubles and no names": lists_by(with_dots_and_doubles),
    "names with paths": lists_by(with_paths),
    "long names alone": lists_by(with_long_names_alone),
    "FAILURE at the end of the list": lists_by(ended_by_failure),
    "no bytes at the end of a file": reads_by(lambda said, _: said),
    "few bytes a READ": reads_by(
        lambda said, _: said[:7_000] or SFTP_EOF if isinstance(said, bytes) else said
    ),
    "few bytes a READ, no sizes": both(
        NO_SIZES,
        reads_by(lambda said, _: said[:7_000] or SFTP_EOF if isinstance(said, bytes) else said),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_server_does_not_say_costs_no_file(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    KINDS[kind](monkeypatch)

    failures, archived = fetch(source, tmp_path / "data")

    assert failures == []
    assert archived.keys() == CONTENT.keys()
    assert archived == CONTENT
    assert fetch(source, tmp_path / "data") == ([], CONTENT)


def test_a_restated_file_is_seen_where_only_stat_says_sizes(
    source: Source, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists(NOTHING)(monkeypatch)
    fetch(source, tmp_path / "data")
    (folder / NAMES[1]).write_bytes(b"restated")

    _, archived = fetch(source, tmp_path / "data")

    assert archived[NAMES[1]] == b"restated"


MOST_BYTES = 100_000_000
"""What fetching may hold in memory."""


def test_a_file_of_any_size_is_fetched_in_bounded_memory(sshd_server: Sshd, tmp_path: Path) -> None:
    path = sshd_server.folder / f"{CLIENT}.{DAY}.users.created.avro.pgp"
    with path.open("wb") as stream:
        stream.truncate(2 * MOST_BYTES)
    path.chmod(0o644)
    settings = {
        "MX_SOURCE": sshd_server.address,
        "MX_SFTP_PASSWORD": sshd_server.password,
        "MX_SFTP_KNOWN_HOSTS": str(sshd_server.known_hosts),
        "MX_DATA": str(tmp_path / "data"),
    }
    fetch = [sys.executable, "-m", "bench.fetch_once"]

    done = subprocess.run(fetch, env=os.environ | settings, check=True, capture_output=True)

    [archived] = (tmp_path / "data" / "archive").rglob(path.name)
    path.unlink()
    assert archived.stat().st_size == 2 * MOST_BYTES
    assert int(done.stdout.split()[0]) < MOST_BYTES


def test_a_file_that_is_not_read_to_its_end_leaves_nothing_in_its_session(
    address: str, tmp_path: Path
) -> None:
    login = read_login(
        address, password="p", private_key=None, known_hosts=tmp_path / "known_hosts"
    )
    folder = SftpFolder("/", login=login)
    folder.list_files()

    with pytest.raises(SourceError, match="full"), folder.open_file(NAMES[0], offset=0) as stream:
        stream.read(10)
        raise SourceError("full")

    [session] = folder._connections._idle
    assert session._awaited == set()
    assert NAMES[0] in {listed.name for listed in folder.list_files()}
    assert session._answers == {}
    folder.close()
