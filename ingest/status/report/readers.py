"""The last build and the release that readers see, and how old they are."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The state of the last build and of what readers see; None for what there is not."""

    finished_at: datetime | None = None
    """When the last build was complete; None where it was not."""
    problems: list[str] = field(default_factory=list)
    """Why the last build is not complete, or cannot be asked."""
    files_to_build: int = 0
    """Landed files whose rows no build has taken or taken away yet."""
    release: int | None = None
    """The release that readers see."""
    built_at: datetime | None = None
    """When the build that it shows was complete: as old is what readers see."""

    @property
    def is_well(self) -> bool:
        """Say whether readers see all that has landed."""
        return not self.problems and not self.files_to_build and self.is_current

    @property
    def is_current(self) -> bool:
        """Say whether readers see the last complete build."""
        return self.finished_at is None or self.built_at == self.finished_at
