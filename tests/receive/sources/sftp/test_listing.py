"""A list is complete and bounded, or it is a failure."""

import logging
import tracemalloc
from typing import Any

import paramiko
import pytest
from paramiko import SFTPAttributes
from paramiko.sftp import CMD_NAME, SFTP_FAILURE

from ingest.errors import SourceError
from ingest.receive.sources import Source
from ingest.receive.sources.sftp import listing
from tests.receive.sources.sftp.servers import (
    NAMES,
    Server,
    ended_by_failure,
    lists_by,
    names_answer,
    next_entries,
)


def endless(server: Server, number: int, folder: Any) -> None:
    first = getattr(folder, "count", 0)
    folder.count = first + 2_000
    names = [(f"{NAMES[0]}{n}", "", SFTPAttributes()) for n in range(first, folder.count)]
    names_answer(server, number, names)


def same_for_ever(server: Server, number: int, folder: Any) -> None:
    names_answer(server, number, [(NAMES[0], "", SFTPAttributes())])


def empty_for_ever(server: Server, number: int, folder: Any) -> None:
    names_answer(server, number, [])


def boastful(server: Server, number: int, folder: Any) -> None:
    message = paramiko.Message()
    message.add_int(number)
    message.add_int(1 << 31)
    server._send_packet(CMD_NAME, message)


@pytest.mark.parametrize("list_on", [endless, same_for_ever, empty_for_ever, boastful])
def test_a_list_without_end_is_refused_in_bounded_memory(
    source: Source, monkeypatch: pytest.MonkeyPatch, list_on: Any
) -> None:
    monkeypatch.setattr(listing, "MOST_ENTRIES", 50_000)
    lists_by(list_on)(monkeypatch)
    tracemalloc.start()

    with pytest.raises(SourceError, match="a list of at most 50,000 entries that ends"):
        source.list_files()

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 60 << 20


def test_a_list_of_nothing_that_ends_with_failure_is_no_empty_folder(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists_by(lambda server, number, _: server._send_status(number, SFTP_FAILURE))(monkeypatch)

    with pytest.raises(SourceError, match="expected the folder /, found"):
        source.list_files()


def test_a_list_that_breaks_off_at_another_place_each_time_is_not_taken(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = iter(range(1, 1_000))

    def break_off(server: Server, number: int, folder: Any) -> None:
        if entries := next_entries(server, number, folder, most=next(turns)):
            folder._SFTPHandle__files = []
            names_answer(server, number, entries)
        else:
            server._send_status(number, SFTP_FAILURE)

    lists_by(break_off)(monkeypatch)

    with pytest.raises(SourceError, match="expected the folder /, found"):
        source.list_files()


def test_a_list_that_ends_with_failure_is_warned_of(
    source: Source, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lists_by(ended_by_failure)(monkeypatch)

    with caplog.at_level(logging.WARNING):
        source.list_files()

    assert "expected EOF at the end of the list, found FAILURE" in caplog.text
