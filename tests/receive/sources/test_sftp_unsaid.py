"""SFTP servers that leave attributes out, say nonsense, or answer otherwise than OpenSSH's does."""

import logging
import os
import stat
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko import SFTPAttributes
from paramiko.sftp import CMD_DATA, CMD_NAME, CMD_READ, SFTP_EOF, SFTP_FAILURE, SFTP_OP_UNSUPPORTED
from tenacity import wait_none

from ingest.errors import SourceError
from ingest.receive import download
from ingest.receive.fetch import fetch_all
from ingest.receive.sources import Source, open_source
from ingest.receive.sources.sftp import file, listing
from ingest.status.progress import Silent
from ingest.store.ledger.ledger import open_ledger
from sample.send.destination import open_destination
from sample.serve import sftp_folder
from sample.serve.sftp_folder import ServedFolder
from sample.serve.sftp_server import serve_sftp
from tests.support.receiver import refuse
from tests.support.sender import CLIENT, DAY

NAMES = [f"{CLIENT}.{DAY}.{each}.created.avro.pgp" for each in ("users", "accounts", "members")]
CONTENT = {name: os.urandom(size) for name, size in zip(NAMES, (900_000, 5_000, 0), strict=True)}
FOLDER = f"{CLIENT}.{DAY}.goals.created.avro.pgp"
"""A folder that is called like a file."""

Server = Any
Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "wait_random_exponential", lambda **_: wait_none())
    monkeypatch.setattr(file, "WINDOW_BYTES", 200_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    served = tmp_path / "served"
    (served / FOLDER).mkdir(parents=True)
    (served / "below").mkdir()
    (served / "README").write_text("not ours")
    for name, content in CONTENT.items():
        (served / name).write_bytes(content)
    return served


@pytest.fixture
def address(folder: Path, tmp_path: Path) -> Iterator[str]:
    with serve_sftp(folder, user="mx", password="p") as server:
        (tmp_path / "known_hosts").write_text(server.known_hosts_line)
        yield f"sftp://mx@{server.host}:{server.port}/"


@pytest.fixture
def source(address: str, tmp_path: Path) -> Iterator[Source]:
    with open_source(address, password="p", known_hosts=tmp_path / "known_hosts") as opened:
        yield opened


def fetch(source: Source, data: Path) -> tuple[list[SourceError], dict[str, bytes]]:
    """Fetch, and give the failures and what is in the archive."""
    (data / "scratch").mkdir(exist_ok=True)
    with open_ledger(data / "ledger", run_id="r") as ledger:
        failures = fetch_all(
            source,
            data=data,
            ledger=ledger,
            scratch=data / "scratch",
            encrypt=refuse,
            progress=Silent(),
        )
    archive = sorted((data / "archive").rglob("*.pgp"))
    return failures, {path.name: path.read_bytes() for path in archive}


def leave_out(*names: str) -> Callable[[SFTPAttributes], SFTPAttributes]:
    def change(attributes: SFTPAttributes) -> SFTPAttributes:
        for name in names:
            setattr(attributes, name, None)
        return attributes

    return change


def without_type(attributes: SFTPAttributes) -> SFTPAttributes:
    attributes.st_mode = stat.S_IMODE(attributes.st_mode or 0)
    return attributes


def of_size_0(attributes: SFTPAttributes) -> SFTPAttributes:
    attributes.st_size = 0
    return attributes


NOTHING = leave_out("st_mode", "st_size", "st_mtime", "st_atime", "st_uid", "st_gid")


def lists(change: Callable[[SFTPAttributes], SFTPAttributes]) -> Break:
    """Have the server's list say less of each file."""
    honest = ServedFolder.list_folder

    def list_folder(self: ServedFolder, path: str) -> list[SFTPAttributes] | int:
        entries = honest(self, path)
        return entries if isinstance(entries, int) else [change(each) for each in entries]

    return lambda monkeypatch: monkeypatch.setattr(ServedFolder, "list_folder", list_folder)


def answers(change: Callable[[SFTPAttributes], SFTPAttributes | int], *names: str) -> Break:
    """Have the server answer STAT, LSTAT or FSTAT otherwise."""

    def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
        for name in names:
            where = sftp_folder._Handle if name == "fstat" else ServedFolder
            method = name.replace("fstat", "stat")
            monkeypatch.setattr(where, method, changed(getattr(where, method)))

    def changed(honest: Callable[..., Any]) -> Callable[..., Any]:
        def answer(*arguments: Any) -> Any:
            said = honest(*arguments)
            return said if isinstance(said, int) else change(said)

        return answer

    return break_it


def unsupported(*names: str) -> Break:
    return answers(lambda _: SFTP_OP_UNSUPPORTED, *names)


def lists_by(read_folder: Callable[[Server, int, Any], None]) -> Break:
    """Have the server answer READDIR otherwise."""
    return lambda patch: patch.setattr(paramiko.SFTPServer, "_read_folder", read_folder)


def names_answer(server: Server, number: int, names: list[Any]) -> None:
    message = paramiko.Message()
    message.add_int(number)
    message.add_int(len(names))
    for name, long, attributes in names:
        message.add_string(name)
        message.add_string(long)
        attributes._pack(message)
    server._send_packet(CMD_NAME, message)


def next_entries(server: Server, number: int, folder: Any, *, most: int = 100) -> list[Any]:
    """Take the next entries from an open folder; at its end say so, and give none."""
    entries = folder._SFTPHandle__files[:most]
    folder._SFTPHandle__files = folder._SFTPHandle__files[most:]
    return [(each.filename, str(each), each) for each in entries]


def one_a_time(server: Server, number: int, folder: Any) -> None:
    if entries := next_entries(server, number, folder, most=1):
        names_answer(server, number, entries)
    else:
        server._send_status(number, SFTP_EOF)


def with_dots_and_doubles(server: Server, number: int, folder: Any) -> None:
    if entries := next_entries(server, number, folder):
        dots = [(dot, dot, SFTPAttributes()) for dot in (".", "..")]
        names_answer(server, number, [*dots, *entries, ("", "", SFTPAttributes()), *entries])
    else:
        server._send_status(number, SFTP_EOF)


def with_paths(server: Server, number: int, folder: Any) -> None:
    if entries := next_entries(server, number, folder):
        entries = [(f"/home/mx/{name}", long, attributes) for name, long, attributes in entries]
        below = (f"below/{NAMES[0]}.avro.pgp", "", SFTPAttributes())
        names_answer(server, number, [*entries, below])
    else:
        server._send_status(number, SFTP_EOF)


def with_long_names_alone(server: Server, number: int, folder: Any) -> None:
    if entries := next_entries(server, number, folder):
        names_answer(server, number, [("", long, SFTPAttributes()) for _, long, _ in entries])
    else:
        server._send_status(number, SFTP_EOF)


def ended_by_failure(server: Server, number: int, folder: Any) -> None:
    if entries := next_entries(server, number, folder):
        names_answer(server, number, entries)
    else:
        server._send_status(number, SFTP_FAILURE)


def reads_by(answer: Callable[[bytes | int, int], bytes | int]) -> Break:
    """Have the server answer READ otherwise, by what it would say and by the offset."""
    honest = paramiko.SFTPServer._process  # type: ignore[attr-defined]

    def process(self: Server, kind: int, number: int, message: paramiko.Message) -> None:
        if kind != CMD_READ:
            honest(self, kind, number, message)
            return
        handle, offset, length = message.get_binary(), message.get_int64(), message.get_int()
        said = answer(self.file_table[handle].read(offset, length), offset)
        if isinstance(said, bytes):
            self._response(number, CMD_DATA, said[:length])
        else:
            self._send_status(number, said)

    return lambda monkeypatch: monkeypatch.setattr(paramiko.SFTPServer, "_process", process)


def both(*breaks: Break) -> Break:
    def break_all(monkeypatch: pytest.MonkeyPatch) -> None:
        for each in breaks:
            each(monkeypatch)

    return break_all


NO_SIZES = both(lists(of_size_0), answers(of_size_0, "stat", "lstat", "fstat"))
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


def test_failure_ends_a_file_where_its_size_says_so_too(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_by(lambda said, _: said or SFTP_FAILURE)(monkeypatch)

    [failure], archived = fetch(source, tmp_path / "data")

    assert f"{NAMES[2]!r}, found that the server answers 'Failure'" in str(failure)
    assert archived == {name: CONTENT[name] for name in NAMES[:2]}


def test_a_restated_file_is_seen_where_only_stat_says_sizes(
    source: Source, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists(NOTHING)(monkeypatch)
    fetch(source, tmp_path / "data")
    (folder / NAMES[1]).write_bytes(b"restated")

    _, archived = fetch(source, tmp_path / "data")

    assert archived[NAMES[1]] == b"restated"


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
def test_a_list_without_end_is_told_within_bounds(
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


def test_a_server_without_posix_rename_is_delivered_to(
    address: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServedFolder, "posix_rename", lambda *_: SFTP_OP_UNSUPPORTED)
    known_hosts = tmp_path / "known_hosts"
    with open_destination(address, password="p", known_hosts=known_hosts) as destination:
        for content in (b"first", b"second"):
            made = destination.workspace / "made"
            made.write_bytes(content)
            destination.put(made, name="sent")

    assert (folder / "sent").read_bytes() == b"second"
    assert not list(folder.glob("*.filepart"))


def test_a_list_that_ends_with_failure_is_warned_of(
    source: Source, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lists_by(ended_by_failure)(monkeypatch)

    with caplog.at_level(logging.WARNING):
        source.list_files()

    assert "expected EOF at the end of the list, found FAILURE" in caplog.text
