"""An SFTP server that breaks off or falls silent in the middle of a file."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest
from tenacity import wait_none

from ingest.errors import SourceError, SourceUnavailable
from ingest.receive import download
from ingest.receive.fetch import fetch_all
from ingest.receive.sources import Source, open_source
from ingest.receive.sources.sftp import connections, file, session, ssh
from ingest.receive.sources.sftp.login import Login
from ingest.receive.sources.sftp.session import Session
from ingest.status.runs import Silent
from ingest.store.ledger import open_ledger
from sample.serve import sftp_folder
from sample.serve.sftp_server import serve_sftp
from tests.support.receiver import refuse
from tests.support.sender import CLIENT, DAY

NAME = f"{CLIENT}.{DAY}.users.created.avro.pgp"
CONTENT = os.urandom(3_000_000)
Read = Callable[[paramiko.SFTPHandle, int, int], bytes | int]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "wait_random_exponential", lambda **_: wait_none())
    monkeypatch.setattr(session, "TIMEOUT_S", 1)
    monkeypatch.setattr(ssh, "TIMEOUT_S", 5)
    monkeypatch.setattr(file, "WINDOW_BYTES", 500_000)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / NAME).write_bytes(CONTENT)
    with serve_sftp(folder, user="mx", password="p") as server:
        (tmp_path / "known_hosts").write_text(server.known_hosts_line)
        address = f"sftp://mx@{server.host}:{server.port}/"
        with open_source(address, password="p", known_hosts=tmp_path / "known_hosts") as opened:
            yield opened


@pytest.fixture
def misbehave(monkeypatch: pytest.MonkeyPatch) -> Callable[[Read], None]:
    """Have the server answer reads in another way."""
    return lambda read: monkeypatch.setattr(sftp_folder._Handle, "read", read)


def fetch_into(data: Path, source: Source) -> list[SourceError]:
    scratch = data / "scratch"
    scratch.mkdir(parents=True)
    with open_ledger(data / "ledger", run_id="r") as ledger:
        return fetch_all(
            source, data=data, ledger=ledger, scratch=scratch, encrypt=refuse, progress=Silent()
        )


def archived(data: Path) -> bytes:
    return (data / "archive" / CLIENT / DAY / NAME).read_bytes()


def failing_reads(failures: int, fail: Callable[[], object]) -> tuple[Read, list[int]]:
    """Fail in the second megabyte, as often as said; the offsets asked for are kept."""
    honest: Read = paramiko.SFTPHandle.read
    left, offsets = [failures], []

    def read(self: paramiko.SFTPHandle, offset: int, length: int) -> bytes | int:
        offsets.append(offset)
        if offset >= 1_000_000 and left[0] > 0:
            left[0] -= 1
            fail()
            return paramiko.sftp.SFTP_CONNECTION_LOST
        return honest(self, offset, length)

    return read, offsets


def test_a_connection_that_breaks_is_made_again_and_the_file_goes_on(
    source: Source, tmp_path: Path, misbehave: Callable[[Read], None]
) -> None:
    read, offsets = failing_reads(2, lambda: None)
    misbehave(read)

    assert fetch_into(tmp_path / "data", source) == []
    assert archived(tmp_path / "data") == CONTENT
    assert offsets.count(0) == 1


def test_a_server_that_falls_silent_is_left_after_a_while(
    source: Source, tmp_path: Path, misbehave: Callable[[Read], None]
) -> None:
    released = threading.Event()
    read, _ = failing_reads(1, lambda: released.wait(5))
    misbehave(read)

    failures = fetch_into(tmp_path / "data", source)
    released.set()

    assert failures == []
    assert archived(tmp_path / "data") == CONTENT


def test_a_server_that_stays_broken_is_given_up_in_bounded_time(
    source: Source, tmp_path: Path, misbehave: Callable[[Read], None]
) -> None:
    read, _ = failing_reads(1_000_000, lambda: None)
    misbehave(read)

    [failure] = fetch_into(tmp_path / "data", source)

    assert isinstance(failure, SourceUnavailable)
    assert not (tmp_path / "data" / "archive").exists()


def test_a_server_may_answer_with_less_than_it_was_asked_for(
    source: Source, tmp_path: Path, misbehave: Callable[[Read], None]
) -> None:
    honest: Read = paramiko.SFTPHandle.read
    misbehave(lambda self, offset, length: honest(self, offset, min(length, 20_000)))

    assert fetch_into(tmp_path / "data", source) == []
    assert archived(tmp_path / "data") == CONTENT


def test_keys_that_change_under_way_change_nothing(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paramiko.packet.Packetizer, "REKEY_BYTES", 1 << 20)

    assert fetch_into(tmp_path / "data", source) == []
    assert archived(tmp_path / "data") == CONTENT


def test_one_broken_connection_does_not_touch_the_others(
    source: Source, tmp_path: Path, misbehave: Callable[[Read], None]
) -> None:
    honest: Read = paramiko.SFTPHandle.read
    asked: list[tuple[int, int]] = []
    broken: list[int] = []

    def read(self: paramiko.SFTPHandle, offset: int, length: int) -> bytes | int:
        file = os.fstat(self.readfile.fileno()).st_ino  # type: ignore[attr-defined]  # the sample's handle has it
        asked.append((file, offset))
        if offset >= 1_000_000 and not broken:
            broken.append(file)
            return paramiko.sftp.SFTP_CONNECTION_LOST
        return honest(self, offset, length)

    misbehave(read)
    others = deliver_others(tmp_path / "served")

    assert fetch_into(tmp_path / "data", source) == []
    for name in (NAME, *others):
        assert (tmp_path / "data" / "archive" / CLIENT / DAY / name).read_bytes() == CONTENT
    untouched = [each for each in asked if each[0] not in broken]
    assert len(untouched) == len(set(untouched))


def test_a_server_that_takes_one_connection_alone_gives_all_files(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, refusals = connections._connect, []

    def connect_once(login: Login) -> Session:
        if accepted:
            refusals.append(login)
            raise SourceError("sftp: expected to log in, found it refused")
        accepted.append(login)
        return connect(login)

    accepted: list[Login] = []
    monkeypatch.setattr(connections, "_connect", connect_once)
    others = deliver_others(tmp_path / "served")

    assert fetch_into(tmp_path / "data", source) == []
    assert len(list((tmp_path / "data" / "archive").rglob("*.pgp"))) == 1 + len(others)
    assert refusals


def deliver_others(folder: Path) -> list[str]:
    names = [f"{CLIENT}.{DAY}.r{n}.created.avro.pgp" for n in range(6)]
    for name in names:
        (folder / name).write_bytes(CONTENT)
    return names
