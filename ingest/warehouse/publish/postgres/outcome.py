"""The outcome of a publish in PostgreSQL, as text and as facts for --json."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

NOT_HELD: Final = "NUL became U+FFFD, days out of range became infinity"


@dataclass(slots=True, kw_only=True)
class Mirrored:
    """The outcome of a publish in PostgreSQL."""

    server: str
    release: int
    is_masked: bool
    tables: int = 0
    changed_tables: list[str] = field(default_factory=list)
    rows_deleted: int = 0
    rows_inserted: int = 0
    values_changed: dict[str, int] = field(default_factory=dict)
    """By table, how many values PostgreSQL cannot hold as they are."""

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def text(self) -> str:
        kind = "masked" if self.is_masked else "full"
        changed = f"{len(self.changed_tables)} of {self.tables} tables changed"
        counts = f"{self.rows_deleted} rows deleted, {self.rows_inserted} inserted"
        lines = [f"{self.server} shows release {self.release}, {kind}: {changed}, {counts}"]
        lines += [
            f"{table}: PostgreSQL cannot hold {count} of the values; {NOT_HELD}"
            for table, count in self.values_changed.items()
        ]
        return "\n".join(lines)
