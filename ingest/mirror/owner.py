"""The mark by which a mirror names its owner, what it holds, and how far it was copied.

It is one object, and each change of it needs the version that was read. So a mirror that was taken
over stops the former owner at its next step.
"""

import hashlib
import json
import logging
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ingest.errors import MirrorError
from ingest.mirror.storage.bucket import Bucket
from ingest.mirror.storage.stored import Changed, Stored
from ingest.store.durable import write_in_place

STATE: Final = "mirror/state.json"
IDENTITY: Final = ".mirror_id"
"""The file in the data folder with its own random name."""
NEWER: Final = "a newer version wrote it: install that version"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorState:
    """The mark by which a mirror names its owner."""

    owner: str
    """The data folder that writes it."""
    only: str = ""
    """`archive` where it has no landing; what it holds is chosen once."""
    copied: dict[str, int] = field(default_factory=dict)
    """By file of the ledger: up to which byte its records' files are copied."""
    withdrawn: list[str] = field(default_factory=list)
    """Paths of the landing that the ledger has withdrawn, and that are still to be deleted."""
    left_out: list[str] = field(default_factory=list)
    """Paths that could not be copied, as the data folder does not have their bytes."""
    written_at: str = ""


def identity(data: Path) -> str:
    """Give the random name of a data folder; a new folder gets one."""
    path = data / IDENTITY
    if not path.exists():
        write_in_place(path, f"{uuid.uuid4()}\n".encode())
    return path.read_text().strip()


class OwnedMirror:
    """A mirror's state, as this process has read and may change it."""

    def __init__(self, bucket: Bucket, state: MirrorState, stored: Stored | None) -> None:
        self.bucket = bucket
        self.state = state
        self._stored = stored

    @classmethod
    def read(cls, bucket: Bucket) -> "OwnedMirror | None":
        """Read whose a mirror is; None where there is none yet.

        Raises:
            MirrorError: it cannot be read.
        """
        found = bucket.read(STATE)
        return cls(bucket, _parse(found[0], bucket), found[1]) if found else None

    @classmethod
    def open(cls, bucket: Bucket, *, owner: str, only: str) -> "OwnedMirror":
        """Read a mirror, or begin one.

        Raises:
            MirrorError: it is of another data folder, or holds something else.
        """
        mirror = cls.read(bucket)
        if mirror is None:
            mirror = cls(bucket, MirrorState(owner=owner, only=only), None)
            mirror.write()
            mirror._warn_if_unconditional()
        found = mirror.state
        if found.owner != owner:
            raise MirrorError(
                f"{bucket.url}: expected a mirror of this data folder, found one of another, "
                f"last written {found.written_at}; choose another prefix, or bring that one back "
                "into an empty data folder with: ingest mirror --restore"
            )
        if found.only != only:
            raise MirrorError(
                f"{bucket.url}: expected a mirror of {_describe(only)}, found one of "
                f"{_describe(found.only)}; choose another prefix, or "
                + ("add --only archive" if found.only else "leave out --only and MX_MIRROR_ONLY")
            )
        return mirror

    def take_over(self, owner: str) -> None:
        """Make a data folder the only one that may write the mirror; the former one is refused.

        Raises:
            MirrorError: somebody else has changed the mirror meanwhile.
        """
        if self.state.owner != owner:
            self.write(owner=owner)

    def write(self, **changes: Any) -> None:
        """Change the state, if nobody else has changed it since.

        Raises:
            MirrorError: somebody has.
        """
        now = datetime.now(tz=UTC).isoformat(timespec="microseconds")
        self.state = replace(self.state, **changes, written_at=now)
        content = json.dumps(asdict(self.state), indent=1).encode()
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self._stored = self.bucket.put(STATE, content, sha256=sha256, replaces=self._stored)
        except Changed as error:
            raise self._taken() from error

    def _warn_if_unconditional(self) -> None:
        """Warn of a server that writes an object though its condition does not hold."""
        content = json.dumps(asdict(self.state)).encode()
        with suppress(Changed):
            sha256 = hashlib.sha256(content).hexdigest()
            self._stored = self.bucket.put(STATE, content, sha256=sha256)
            log.warning(
                "%s: expected a server that refuses a write whose condition does not hold, found "
                "one that does not; never let two machines mirror at the same moment",
                self.bucket.url,
            )

    def check(self) -> None:
        """Check that nobody else has changed the mirror meanwhile.

        Raises:
            MirrorError: somebody has.
        """
        found = self.bucket.look(STATE)
        if found is None or self._stored is None or found.e_tag != self._stored.e_tag:
            raise self._taken()

    def _taken(self) -> MirrorError:
        return MirrorError(
            f"{self.bucket.url}: expected to be alone, found that another mirror writes to it; "
            "let one data folder at a time have this prefix"
        )


def _parse(content: bytes, bucket: Bucket) -> MirrorState:
    try:
        return MirrorState(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise MirrorError(
            f"{bucket.url}/{STATE}: expected the state of a mirror, found other contents; {NEWER}, "
            "or choose another prefix"
        ) from error


def _describe(only: str) -> str:
    return "archive and ledger" if only else "landing, ledger and archive"
