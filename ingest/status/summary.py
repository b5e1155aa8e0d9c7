"""What a run did, for a person and for a program."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import SourceError
from ingest.status.files import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptySource:
    """A source in which nothing of MX is, and never was: most likely another one is meant."""

    where: str
    ignored: int
    """Files in it whose names are not MX's."""

    def text(self) -> str:
        return (
            f"no MX files in {self.where}, {self.ignored:,} other files ignored; "
            "check MX_SOURCE, or say --allow-empty until the first delivery comes"
        )


@dataclass(slots=True)
class Summary:
    """What a run did, and how the data folder stands after it."""

    run_id: str
    command: str = "run"
    files_landed: int = 0
    rows_landed: int = 0
    plain_bytes: int = 0
    seconds: float = 0.0
    failures: list[SourceError] = field(default_factory=list)
    standings: Counter[Standing] = field(default_factory=Counter)
    """Of every daily file that was ever listed or delivered."""
    alarms: int = 0
    """Files and manifests that someone should look at."""
    empty_source: EmptySource | None = None
    left_alone: int | None = None
    """Files among those of a baseline that are none; None where there was no baseline."""

    def text(self) -> str:
        """Give the summary for a person; the last line says what is not whole."""
        last = "all that was listed is whole"
        if self.alarms:
            last = f"not whole: {self.alarms:,} files or manifests; see: ingest status"
        elif self.empty_source:
            last = self.empty_source.text()
        stood = ", ".join(
            f"{self.standings[standing]:,} {standing}"
            for standing in Standing
            if self.standings[standing]
        )
        return "\n".join(
            (
                f"landed {self.files_landed:,} files, {self.rows_landed:,} rows, "
                f"{self.plain_bytes / 1e6:,.1f} MB in {self.seconds:.1f} s"
                + (f"; left alone {self.left_alone:,} other files" if self.left_alone else ""),
                f"now: {stood or 'no files'}",
                last,
            )
        )

    def work(self) -> dict[str, Any]:
        """Say what the run did, be it at its end or not."""
        return {
            "command": self.command,
            "files_landed": self.files_landed,
            "rows_landed": self.rows_landed,
            "plain_bytes": self.plain_bytes,
            "seconds": round(self.seconds, 3),
            "failures": [str(failure) for failure in self.failures],
        }

    def facts(self) -> dict[str, Any]:
        """Give the summary as a record for a program."""
        empty = {}
        if self.empty_source:
            empty = {"empty_source": True, "ignored_files": self.empty_source.ignored}
        return {
            "run_id": self.run_id,
            **self.work(),
            "standings": {str(name): count for name, count in self.standings.items()},
            "alarms": self.alarms,
            **empty,
            **({} if self.left_alone is None else {"left_alone": self.left_alone}),
        }
