"""The quarantine: rejected files, each with a JSON file that says why."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from ingest.delivery.names import DailyFile, ManifestFile
from ingest.errors import RejectedError
from ingest.store.durable import link_or_copy, put_in_place

BAD_NAMES: Final = "_names"


def quarantine_path(data: Path, file: DailyFile | ManifestFile | None, *, name: str) -> Path:
    """Give the path of a file in quarantine; a name that breaks the grammar is hashed."""
    if file is None:
        name_bytes = name.encode(errors="surrogateescape")
        return data / "quarantine" / BAD_NAMES / hashlib.sha256(name_bytes).hexdigest()
    return data / "quarantine" / file.delivery.folder / name


def put_in_quarantine(
    target: Path, *, ciphertext: Path | None, error: RejectedError, scratch: Path, **facts: Any
) -> None:
    """Keep a rejected file's bytes and, in a JSON file beside them, why it was rejected.

    A file of which only the name is known has no bytes to keep.
    """
    reason = {"reason": error.reason, "expected": error.expected, "found": error.found, **facts}
    temporary = scratch / "reason.json"
    temporary.write_text(json.dumps(reason, indent=2) + "\n")
    target.unlink(missing_ok=True)
    if ciphertext:
        link_or_copy(ciphertext, target)
    put_in_place(temporary, _reason_path(target))


def leave_quarantine(target: Path) -> None:
    """Remove a file from the quarantine, as a good copy has come."""
    _reason_path(target).unlink(missing_ok=True)
    target.unlink(missing_ok=True)


def _reason_path(target: Path) -> Path:
    return target.with_name(f"{target.name}.json")
