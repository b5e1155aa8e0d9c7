"""The outcome of a publish, as text and as facts for --json."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from ingest.errors import PublishError
from ingest.warehouse.publish.postgres.outcome import Mirrored
from ingest.warehouse.publish.releases_on_disk import FACTS, Releases

NO_KEY: Final = "no masked release: MX_MASK_KEY is not set"
_NEEDED: Final = {"tables", "is_masked"}


class Outcome(StrEnum):
    PUBLISHED = "published"
    SHOWN_AGAIN = "shown_again"
    UNCHANGED = "unchanged"
    HELD = "held"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The release that readers see now, and why."""

    outcome: Outcome
    release: int
    previous: int | None = None
    is_masked: bool
    tables: int
    macros_left_out: list[str] = field(default_factory=list)
    mirrored: Mirrored | None = None
    """What the publish did in PostgreSQL, if it shows the release."""

    @property
    def is_news(self) -> bool:
        """Whether readers see anything else than before."""
        is_sent = self.mirrored is not None and bool(self.mirrored.changed_tables)
        return is_sent or self.outcome is not Outcome.UNCHANGED

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def text(self) -> str:
        said = {
            Outcome.PUBLISHED: f"release {self.release} is published: {self.tables} tables",
            Outcome.SHOWN_AGAIN: f"release {self.release} is of this build: readers see it again",
            Outcome.UNCHANGED: f"release {self.release} is of this build: nothing to publish",
            Outcome.HELD: (
                f"release {self.release} stays, as a newer one of this build was rolled back; "
                "return to that with: ingest publish"
            ),
            Outcome.ROLLED_BACK: (
                f"rolled back from release {self.previous} to {self.release}; "
                "the next publish goes forward again"
            ),
        }
        lines = [said[self.outcome], *([] if self.is_masked else [NO_KEY])]
        if self.macros_left_out:
            lines.append("not in the masked release: " + ", ".join(self.macros_left_out))
        lines += [self.mirrored.text()] if self.mirrored else []
        return "\n".join(lines)


def published_now(
    releases: Releases, outcome: Outcome, number: int, *, previous: int | None = None
) -> Published:
    """Say what readers see, by the facts that a release keeps of itself.

    Raises:
        PublishError: the release lacks some of these facts.
    """
    facts = releases.facts(number)
    if lacking := _NEEDED - facts.keys():
        raise PublishError(
            f"{releases.folder(number) / FACTS}: expected what release {number} holds, found "
            f"nothing of {' and '.join(sorted(lacking))}; make a new release with: ingest publish"
        )
    return Published(
        outcome=outcome,
        release=number,
        previous=previous,
        is_masked=facts["is_masked"],
        tables=facts["tables"],
        macros_left_out=facts.get("macros_left_out", []),
    )
