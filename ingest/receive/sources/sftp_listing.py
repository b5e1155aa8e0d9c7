"""What lies in a folder on an SFTP server: what its list leaves out is asked for otherwise."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import paramiko
from paramiko.sftp import (
    CMD_ATTRS,
    CMD_CLOSE,
    CMD_HANDLE,
    CMD_LSTAT,
    CMD_NAME,
    CMD_OPENDIR,
    CMD_READDIR,
    CMD_STAT,
)

from ingest.delivery.names import is_ours
from ingest.errors import SourceError
from ingest.receive.sources import SourceFile
from ingest.receive.sources.sftp_attributes import Attributes
from ingest.receive.sources.sftp_session import ANY_BYTES, Answers, Session, is_failure

MOST_ENTRIES = 500_000
"""Twice what the largest list over HTTPS has; they take less than 250 MB."""
MOST_NAME_BYTES: Final = 64 << 20
MOST_BARREN: Final = 1_000
"""So many answers one after the other may bring no new name."""
_LONG: Final = re.compile(rb"([-a-zA-Z])[-rwxsStT]{9}")
"""How `ls -l` begins a line, which most servers send beside the name."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    attributes: Attributes
    is_file_by_long_name: bool | None
    """What the long name says, which is asked last; None for nothing."""


def list_folder(session: Session, folder: str) -> list[SourceFile]:
    """List the regular files of a folder, and whatever may be one.

    Raises:
        SourceError: the list is absurdly long.
        OSError, SFTPError: the server does not give a list, or not all of it.
    """
    listed = _read_list(session, folder)
    entries = listed.entries
    if not listed.is_ended:
        if not entries or _read_list(session, folder).entries.keys() != entries.keys():
            raise paramiko.SFTPError("a list that broke off")
        log.warning("sftp: expected EOF at the end of the list, found FAILURE twice at one place")
    _ask_otherwise(session, folder, entries)
    return [
        SourceFile(
            name=entry.name,
            size_bytes=entry.attributes.size_bytes,
            modified_at=float(entry.attributes.modified_at),
        )
        for entry in entries.values()
        if entry.attributes.is_file is not False
    ]


def path_in(folder: str, name: str) -> bytes:
    """Give the path of a file of a folder, as it is sent."""
    return f"{folder}/{name}".encode(errors=ANY_BYTES)


@dataclass(slots=True)
class _Listed:
    """What a list has named so far, within bounds."""

    entries: dict[str, _Entry] = field(default_factory=dict)
    is_ended: bool = False
    """The server has said so with EOF."""
    _count: int = 0
    _name_bytes: int = 0
    _barren: int = 0

    def add(self, message: paramiko.Message) -> None:
        """Take one answer.

        Raises:
            SourceError: the list is absurdly long, or never ends.
        """
        known, said = len(self.entries), message.get_int()
        self._count += said
        if self._count <= MOST_ENTRIES:
            for entry in _entries_in(message, said):
                self._name_bytes += len(entry.name)
                self.entries[entry.name] = entry
        self._barren = 0 if len(self.entries) > known else self._barren + 1
        is_long = self._count > MOST_ENTRIES or self._name_bytes > MOST_NAME_BYTES
        if is_long or self._barren > MOST_BARREN:
            raise SourceError(
                f"sftp: expected a list of at most {MOST_ENTRIES:,} entries that ends, found more; "
                "if the folder has so many, move old files out of it"
            )


def _read_list(session: Session, folder: str) -> _Listed:
    kind, opened = session.request(CMD_OPENDIR, folder.encode(errors=ANY_BYTES) or b"/")
    if kind != CMD_HANDLE:
        raise paramiko.SFTPError("no handle")
    handle, listed = opened.get_binary(), _Listed()
    try:
        while True:
            kind, message = session.request(CMD_READDIR, handle)
            if kind != CMD_NAME:
                raise paramiko.SFTPError("no names")
            listed.add(message)
    except EOFError:
        listed.is_ended = True
    except OSError as error:
        if not is_failure(error):
            raise
    session.ask(type(None), CMD_CLOSE, handle)
    return listed


def _entries_in(message: paramiko.Message, count: int) -> Iterator[_Entry]:
    for _ in range(count):
        name, long = message.get_string(), message.get_string()
        attributes = Attributes.read(message)
        above, slash, last = (name or (long.split() or [b""])[-1]).rpartition(b"/")
        is_below = slash and not above.startswith(b"/") and above not in (b"", b".")
        if last not in (b"", b".", b"..") and not is_below:
            kind = _LONG.match(long)
            is_file = kind[1] == b"-" if kind else None
            yield _Entry(last.decode(errors=ANY_BYTES), attributes, is_file)


def _ask_otherwise(session: Session, folder: str, entries: dict[str, _Entry]) -> None:
    """Complete what is said of files that may be MX's."""
    ours = [entry.name for entry in entries.values() if is_ours(entry.name)]
    for kind in (CMD_LSTAT, CMD_STAT):
        unsaid = [name for name in ours if not entries[name].attributes.is_complete]
        for name, (answer, message) in _ask_each(session, kind, folder, unsaid):
            if answer == CMD_ATTRS:
                _complete(entries, name, Attributes.read(message))
    for entry in [entries[name] for name in ours if entries[name].attributes.is_file is None]:
        _complete(entries, entry.name, Attributes(is_file=entry.is_file_by_long_name))
    untyped = [name for name in ours if entries[name].attributes.is_file is None]
    for name, (answer, message) in _ask_each(session, CMD_OPENDIR, folder, untyped):
        if answer == CMD_HANDLE:
            session.ask(type(None), CMD_CLOSE, message.get_binary())
            _complete(entries, name, Attributes(is_file=False))


def _ask_each(
    session: Session, kind: int, folder: str, names: list[str]
) -> Iterator[tuple[str, tuple[int, paramiko.Message]]]:
    paths = [path_in(folder, name) for name in names]
    return zip(names, Answers(session).ask_each(kind, paths), strict=True)


def _complete(entries: dict[str, _Entry], name: str, other: Attributes) -> None:
    entry = entries[name]
    entries[name] = replace(entry, attributes=entry.attributes.completed_by(other))
