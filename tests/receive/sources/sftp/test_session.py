"""Answers are matched by their numbers, in any order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.receive.sources.sftp import session as session_module
from ingest.receive.sources.sftp.login import read_login
from ingest.receive.sources.sftp.messages import Attributes, Kind, ProtocolError
from ingest.receive.sources.sftp.session import MOST_READ_BYTES, READ_BYTES, Session
from ingest.receive.sources.sftp.ssh import connect
from tests.receive.sources.sftp.servers import CONTENT, NAMES
from tests.support.sshd import Sshd

PATHS = [f"/{name}".encode() for name in NAMES]
SIZES = [len(CONTENT[name]) for name in NAMES]


def log_in(address: str, *, password: str, known_hosts: Path) -> Session:
    login = read_login(address, password=password, private_key=None, known_hosts=known_hosts)
    return Session(connect(login))


@pytest.fixture
def session(address: str, tmp_path: Path) -> Iterator[Session]:
    opened = log_in(address, password="p", known_hosts=tmp_path / "known_hosts")
    yield opened
    opened.close()


def size_of(session: Session, number: int) -> int:
    return Attributes.read(session.take(number, expected=Kind.ATTRS)).size_bytes


def test_answers_are_taken_in_any_order(session: Session) -> None:
    numbers = [session.ask(Kind.STAT, path) for path in PATHS]

    assert [size_of(session, number) for number in reversed(numbers)] == SIZES[::-1]


def test_a_forgotten_answer_is_not_kept(session: Session) -> None:
    first, second, third = (session.ask(Kind.STAT, path) for path in PATHS)
    session.forget([first])
    assert size_of(session, third) == SIZES[2]

    session.forget([second])

    assert session._answers == {}
    assert session._awaited == set()


def test_more_paths_than_are_asked_ahead_are_answered_in_order(session: Session) -> None:
    answers = list(session.ask_each(Kind.STAT, PATHS * 50))

    assert [Attributes.read(message).size_bytes for _, message in answers] == SIZES * 50


def test_an_answer_of_another_type_is_an_error(session: Session) -> None:
    with pytest.raises(ProtocolError, match="no HANDLE"):
        session.request(Kind.STAT, PATHS[0], expected=Kind.HANDLE)


def test_a_connection_that_ends_is_not_the_end_of_a_file(session: Session) -> None:
    session.close()

    with pytest.raises(ConnectionAbortedError):
        session.answer(99)


def test_reads_are_as_large_as_the_server_announces(session: Session, sshd_server: Sshd) -> None:
    openssh = log_in(
        sshd_server.address, password=sshd_server.password, known_hosts=sshd_server.known_hosts
    )
    openssh.close()

    assert (session.read_bytes, openssh.read_bytes) == (READ_BYTES, MOST_READ_BYTES)


def test_an_answer_of_an_absurd_length_is_not_read(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "MOST_ANSWER_BYTES", 10)

    with pytest.raises(ProtocolError, match="absurd length"):
        session.request(Kind.STAT, PATHS[0], expected=Kind.ATTRS)
