"""The lines of the ledger's files, without one that a crash has cut off."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ingest.errors import LedgerError
from ingest.store.durable import append_durably, cut_durably
from ingest.store.ledger.record import NoRecordError, parse_line, read_record

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
        raise _unreadable(folder, error) from error


def strange_files(folder: Path) -> list[Path]:
    """List what looks like a file of a ledger and is called otherwise, such as a copy."""
    return sorted(path for path in folder.glob("*.jsonl") if not _FILE.fullmatch(path.name))


def read_file(path: Path, *, mends: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the records of one file of a ledger, but for a last line that a crash cut off.

    Args:
        mends: drop such a line from the file at the end, and end a last record with its newline.
            Only for who holds the data folder's lock: to others a record may be half written.

    Raises:
        LedgerError: it cannot be read, or a line is no record of ours.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    whole = _whole_bytes(content)
    lines = content[:whole].removeprefix(_BOM).split(b"\n")
    for number, line in enumerate(lines, start=1):
        if line and not line.isspace():
            try:
                yield read_record(line)
            except NoRecordError as error:
                raise LedgerError(f"ledger {path}, line {number}: {error}") from error
    if mends and whole < len(content):
        cut_durably(path, size_bytes=whole)
    if mends and whole and content[whole - 1] != ord("\n"):
        append_durably(path, b"\n")


def _whole_bytes(content: bytes) -> int:
    """Say how many bytes there are without a last line that a crash cut off.

    Such a line is no JSON, and has no newline or has the zeros that a power cut can leave.
    """
    start = content.rfind(b"\n", 0, len(content) - 1) + 1
    last = content[start:]
    is_cut = not last.endswith(b"\n") and not last.isspace() and not _is_json(last)
    return start if is_cut or b"\0" in last else len(content)


def _is_json(line: bytes) -> bool:
    try:
        parse_line(line.removeprefix(_BOM))
    except ValueError:
        return False
    return True


def _unreadable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"ledger {path}: expected to read it, found {error.strerror}; "
        "let the user that runs ingest read it"
    )
