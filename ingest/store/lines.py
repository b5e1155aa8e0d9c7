"""The lines of the ledger's files, without one that a crash has cut off."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from ingest.errors import LedgerError
from ingest.store.durable import append_durably, cut_durably
from ingest.store.record import NoRecordError, parse_line, read_record

_FILE: Final = re.compile(r"[0-9]{4}-[0-9]{2}\.jsonl")
_BOM: Final = b"\xef\xbb\xbf"
"""Editors put it before a text."""


def ledger_files(folder: Path) -> list[Path]:
    """List the files of a ledger, the oldest first; others in its folder are left alone.

    Raises:
        LedgerError: the folder cannot be listed.
    """
    try:
        return sorted(path for path in folder.iterdir() if _FILE.fullmatch(path.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise unreadable(folder, error) from error


def strange_files(folder: Path) -> list[Path]:
    """List what looks like a file of a ledger and is called otherwise, such as a copy."""
    return sorted(path for path in folder.glob("*.jsonl") if not _FILE.fullmatch(path.name))


def read_file(path: Path, *, start: int = 0, repairs: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the records of one file of a ledger, as `read_on` does.

    Args:
        start: the first byte to read; a line must begin there.
    """
    for record, _ in read_on(path, start, repairs=repairs):
        if record:
            yield record


def read_on(
    path: Path, start: int, *, repairs: bool = False
) -> Iterator[tuple[dict[str, Any] | None, int]]:
    """Yield the records from a byte on, each with the byte after it; None for an empty line.

    A last line that a crash cut off is no record.

    Args:
        repairs: drop such a line from the end of the file. Only the holder of the data folder's
            lock may: others may see a record that is half written.

    Raises:
        LedgerError: the file cannot be read, or a line is no record of ours.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(start)
            position, is_cut = start, False
            for line, is_last in _mark_last(stream):
                is_cut = is_last and _is_cut(line)
                if not is_cut:
                    record = _read_line(line, path=path, position=position)
                    position += len(line)
                    yield record, position
    except OSError as error:
        raise unreadable(path, error) from error
    if repairs and is_cut:
        cut_durably(path, size_bytes=position)


def end_last_line(path: Path) -> bool:
    """End a last record that has no newline, so that the next one begins a line of its own.

    Returns:
        True if it had none.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - 1, 0))
        is_ended = stream.read(1) in (b"", b"\n")
    if not is_ended:
        append_durably(path, b"\n")
    return not is_ended


def _read_line(line: bytes, *, path: Path, position: int) -> dict[str, Any] | None:
    content = line if position else line.removeprefix(_BOM)
    if not content or content.isspace():
        return None
    try:
        return read_record(content)
    except NoRecordError as error:
        with path.open("rb") as stream:
            number = stream.read(position).count(b"\n") + 1
        raise LedgerError(f"ledger {path}, line {number}: {error}") from error


def _mark_last(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each line, and whether it is the last one."""
    before: bytes | None = None
    for line in lines:
        if before is not None:
            yield before, False
        before = line
    if before is not None:
        yield before, True


def _is_cut(line: bytes) -> bool:
    """Say whether a crash cut off a last line.

    Such a line is no JSON, and has no newline or has the zeros that a power cut can leave.
    """
    is_half = not line.endswith(b"\n") and not line.isspace() and not _is_json(line)
    return is_half or b"\0" in line


def _is_json(line: bytes) -> bool:
    try:
        parse_line(line.removeprefix(_BOM))
    except ValueError:
        return False
    return True


def unreadable(path: Path, error: OSError) -> LedgerError:
    """Describe a file or folder of a ledger that cannot be read."""
    return LedgerError(
        f"ledger {path}: expected to read it, found {error.strerror}; "
        "let the user that runs ingest read it"
    )
