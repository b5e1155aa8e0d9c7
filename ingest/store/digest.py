"""The SHA-256 of a stored file."""

import hashlib
from pathlib import Path


def hash_file(path: Path) -> str:
    """Hash all bytes of a file, and return the hash as lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
