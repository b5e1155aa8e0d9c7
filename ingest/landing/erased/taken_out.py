"""A ciphertext without the rows of erased users, on its way into the archive."""

from dataclasses import dataclass, field
from pathlib import Path

from ingest.store.erased import Erased


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOut:
    """Bytes that take the place of a ciphertext in the archive."""

    ciphertext: Path
    """In scratch."""
    replaced: Path
    """The bytes in the archive that it is made of."""
    replaces_sha256: str
    erased: Erased
    rows: int
    """How many rows are left out."""
    keys: list[str] = field(default_factory=list)
    """Hashes of the keys of these rows."""
