"""The outcome of an erasure, as text and as facts for --json."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ingest.erasure.find import Owned


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The rows and files that an erasure has removed, or would remove, and those out of reach."""

    client_guid: str
    is_dry_run: bool = False
    resources: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many landed files and rows of each resource."""
    copies: int = 0
    """Replaced or rejected bytes with such rows in archive and quarantine."""
    stuck: dict[str, str] = field(default_factory=dict)
    """Files that keep such rows, as the archive lacks their bytes; then the work has not ended."""
    unread: dict[str, str] = field(default_factory=dict)
    """Kept files that cannot be decrypted or decoded, and why."""
    releases: list[int] = field(default_factory=list)
    """The releases that are removed."""
    is_built: bool = False
    removed: list[str] = field(default_factory=list)
    """Folders below the data folder that are removed completely."""
    sent: list[str] = field(default_factory=list)
    """Where else the new state was sent."""
    left: list[str] = field(default_factory=list)
    """What an operator has to do elsewhere."""

    @classmethod
    def of(cls, client_guid: str, owned: Owned, *, is_dry_run: bool = False) -> "Outcome":
        return cls(client_guid=client_guid, resources=owned.by_resource(), is_dry_run=is_dry_run)

    def add(self, other: "Outcome") -> None:
        """Count what was removed of another client, too."""
        for name, (files, rows) in other.resources.items():
            known_files, known_rows = self.resources.get(name, (0, 0))
            self.resources[name] = (known_files + files, known_rows + rows)
        self.copies += other.copies
        self.stuck |= other.stuck
        self.unread |= other.unread

    @property
    def is_incomplete(self) -> bool:
        return bool(self.stuck or self.unread)

    @property
    def files(self) -> int:
        return sum(files for files, _ in self.resources.values())

    @property
    def rows(self) -> int:
        return sum(rows for _, rows in self.resources.values())

    def text(self) -> str:
        """Say it for a person; the last line says what is incomplete."""
        verb = "would erase" if self.is_dry_run else "erased"
        lines = [f"{'resource':<30}{'files':>8}{'rows':>12}"] if self.resources else []
        lines += [
            f"{name:<30}{files:>8,}{rows:>12,}" for name, (files, rows) in self.resources.items()
        ]
        lines.append(f"{verb} {self.rows:,} rows from {self.files:,} files of {self.client_guid}")
        return "\n".join([*lines, *self._also(), *self._problems()])

    def _also(self) -> list[str]:
        verb = "would remove" if self.is_dry_run else "removed"
        lines = []
        if self.copies:
            lines.append(f"{verb} the same rows from {self.copies:,} rejected or replaced files")
        if self.is_built:
            verb_of_build = "would build" if self.is_dry_run else "built"
            lines.append(f"{verb_of_build} the warehouse anew, in a new file")
        if self.releases:
            lines.append(f"{verb} releases {', '.join(map(str, self.releases))}")
        lines += [f"{verb} the folder {each}" for each in self.removed]
        return [*lines, *self.sent, *self.left]

    def _problems(self) -> list[str]:
        lines = [f"{path}: not looked into: {why}" for path, why in self.unread.items()]
        if self.unread:
            lines.append(
                f"incomplete: {len(self.unread):,} kept files cannot be read, and may have such "
                "rows; remove them, or bring their key and erase again"
            )
        lines += [f"{path}: not written anew: {why}" for path, why in self.stuck.items()]
        if self.stuck:
            lines.append(
                f"incomplete: {len(self.stuck):,} files keep such rows; restore their bytes in the "
                "archive from a backup, and give the same command again"
            )
        return lines

    def facts(self) -> dict[str, Any]:
        """Say it for a program."""
        resources = {
            name: {"files": files, "rows": rows} for name, (files, rows) in self.resources.items()
        }
        return asdict(self) | {"resources": resources, "files": self.files, "rows": self.rows}
