"""SFTP servers that leave attributes out, or answer otherwise than OpenSSH's does."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko import SFTPAttributes
from paramiko.sftp import CMD_DATA, CMD_NAME, CMD_READ, SFTP_EOF, SFTP_FAILURE, SFTP_OP_UNSUPPORTED

from ingest.errors import SourceError
from ingest.receive.fetch import fetch_all
from ingest.receive.sources import Source
from ingest.status.runs import Silent
from ingest.store.ledger import open_ledger
from sample.serve import sftp_folder
from sample.serve.sftp_folder import ServedFolder
from tests.support.receiver import refuse
from tests.support.sender import CLIENT, DAY

NAMES = [f"{CLIENT}.{DAY}.{each}.created.avro.pgp" for each in ("users", "accounts", "members")]
CONTENT = {name: os.urandom(size) for name, size in zip(NAMES, (900_000, 5_000, 0), strict=True)}
FOLDER = f"{CLIENT}.{DAY}.goals.created.avro.pgp"
"""A folder that is called like a file."""
Server = Any
Break = Callable[[pytest.MonkeyPatch], None]


def fetch(source: Source, data: Path) -> tuple[list[SourceError], dict[str, bytes]]:
    """Fetch, and give the failures and what is in the archive."""
    (data / "scratch").mkdir(parents=True, exist_ok=True)
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
    honest = paramiko.SFTPServer._process  # type: ignore[attr-defined]  # the stub omits it

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
