"""The files of a folder on an SFTP server; attributes that its list leaves out are requested."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from ingest.delivery.names import is_ours
from ingest.errors import SourceError
from ingest.receive.sources import SourceFile
from ingest.receive.sources.sftp.messages import (
    ANY_BYTES,
    Attributes,
    Kind,
    Message,
    ProtocolError,
    RefusedError,
)
from ingest.receive.sources.sftp.session import Answer, Session

MOST_ENTRIES = 500_000
"""Twice what the largest list over HTTPS has; they take less than 250 MB."""
MOST_NAME_BYTES: Final = 64 << 20
MOST_BARREN: Final = 1_000
"""So many answers in a row may bring no new name."""
_LONG: Final = re.compile(rb"([-a-zA-Z])[-rwxsStT]{9}")
"""The start of a line of `ls -l`, which most servers send beside the name."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    attributes: Attributes
    is_file_by_long_name: bool | None
    """Used where no attribute says it; None where the long name does not either."""


def list_folder(session: Session, folder: str) -> list[SourceFile]:
    """List the regular files of a folder, and entries that may be one.

    Raises:
        SourceError: the list is absurdly long.
        OSError, ProtocolError: the server does not send a list, or not all of it.
    """
    listed = _read_list(session, folder)
    entries = listed.entries
    if not listed.is_ended:
        if not entries or _read_list(session, folder).entries.keys() != entries.keys():
            raise ProtocolError("a list that broke off")
        log.warning("sftp: expected EOF at the end of the list, found FAILURE twice at one place")
    _complete_all(session, folder, entries)
    return [
        SourceFile(
            name=entry.name,
            size_bytes=entry.attributes.size_bytes,
            modified_at=float(entry.attributes.modified_at),
        )
        for entry in entries.values()
        if entry.attributes.is_file is not False
    ]


def first_names(session: Session, folder: str, *, most: int) -> list[str]:
    """List some names of a folder, those of folders with a slash.

    Raises:
        OSError, ProtocolError: the server does not send a list.
    """
    entries = list(_read_list(session, folder, most=most).entries.values())[:most]
    return [f"{each.name}{'/' if each.attributes.is_folder else ''}" for each in entries]


def path_in(folder: str, name: str) -> bytes:
    """Join the path of a file in a folder, in the bytes that are sent."""
    return f"{folder}/{name}".encode(errors=ANY_BYTES)


@dataclass(slots=True)
class _Listed:
    """The entries of a list that were read so far, within bounds."""

    entries: dict[str, _Entry] = field(default_factory=dict)
    is_ended: bool = False
    """The server has sent EOF."""
    _count: int = 0
    _name_bytes: int = 0
    _barren: int = 0

    def add(self, message: Message) -> None:
        """Add the entries of one answer.

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


def _read_list(session: Session, folder: str, *, most: int | None = None) -> _Listed:
    """Read a list to its end, or until it has so many entries."""
    path = folder.encode(errors=ANY_BYTES) or b"/"
    handle = session.request(Kind.OPENDIR, path, expected=Kind.HANDLE).get_string()
    listed = _Listed()
    try:
        while most is None or len(listed.entries) < most:
            listed.add(session.request(Kind.READDIR, handle, expected=Kind.NAME))
    except (EOFError, RefusedError) as end:
        listed.is_ended = isinstance(end, EOFError)
    session.close_handle(handle)
    return listed


def _entries_in(message: Message, count: int) -> Iterator[_Entry]:
    for _ in range(count):
        name, long = message.get_string(), message.get_string()
        attributes = Attributes.read(message)
        above, slash, last = (name or (long.split() or [b""])[-1]).rpartition(b"/")
        is_below = slash and not above.startswith(b"/") and above not in (b"", b".")
        if last not in (b"", b".", b"..") and not is_below:
            kind = _LONG.match(long)
            is_file = kind[1] == b"-" if kind else None
            yield _Entry(last.decode(errors=ANY_BYTES), attributes, is_file)


def _complete_all(session: Session, folder: str, entries: dict[str, _Entry]) -> None:
    """Request the attributes that the list leaves out, for names that may be MX's."""
    ours = [entry.name for entry in entries.values() if is_ours(entry.name)]
    for kind in (Kind.LSTAT, Kind.STAT):
        incomplete = [name for name in ours if not entries[name].attributes.is_complete]
        for name, (answer, message) in _ask_each(session, kind, folder, incomplete):
            if answer == Kind.ATTRS:
                _complete(entries, name, Attributes.read(message))
    for entry in [entries[name] for name in ours if entries[name].attributes.is_file is None]:
        _complete(entries, entry.name, Attributes(is_file=entry.is_file_by_long_name))
    untyped = [name for name in ours if entries[name].attributes.is_file is None]
    for name, (answer, message) in _ask_each(session, Kind.OPENDIR, folder, untyped):
        if answer == Kind.HANDLE:
            session.close_handle(message.get_string())
            _complete(entries, name, Attributes(is_file=False))


def _ask_each(
    session: Session, kind: Kind, folder: str, names: list[str]
) -> Iterator[tuple[str, Answer]]:
    paths = [path_in(folder, name) for name in names]
    return zip(names, session.ask_each(kind, paths), strict=True)


def _complete(entries: dict[str, _Entry], name: str, other: Attributes) -> None:
    entry = entries[name]
    entries[name] = replace(entry, attributes=entry.attributes.completed_by(other))
