"""An object as the server describes it, and the condition that it is still the same."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode, UpdateVersion

HASH: Final = "sha256"
"""The name of the hash in an object's metadata."""


class Changed(Exception):  # noqa: N818 - names the state of the object
    """An object is not, or no longer, what a condition says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object as the server describes it."""

    path: str
    size_bytes: int
    e_tag: str | None
    version: str | None
    sha256: str | None = None
    """As its writer recorded it; a list of objects does not tell."""

    @property
    def mode(self) -> "PutMode":
        """The condition that it is still this very version."""
        mode: UpdateVersion = {"e_tag": self.e_tag}
        return mode | {"version": self.version} if self.version else mode


def describe(meta: "ObjectMeta", *, sha256: str | None = None) -> Stored:
    """Take what the library says of an object."""
    return Stored(
        path=meta["path"],
        size_bytes=meta["size"],
        e_tag=meta["e_tag"],
        version=meta["version"],
        sha256=sha256,
    )
