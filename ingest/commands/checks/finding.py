"""One line of a check."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ingest.errors import IngestError, SettingsError, one_line


class Verdict(StrEnum):
    """Whether something is as it should be, and else how a command would end by it."""

    GOOD = "ok"
    ABSENT = "-"
    """Not there, and not needed."""
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    MISUSED = "misused"


WORST_FIRST: Final = (Verdict.MISUSED, Verdict.FAILED, Verdict.INCOMPLETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked."""

    subject: str
    verdict: Verdict
    text: str
    """What was found; of a fault also what was expected, and the next step."""

    @property
    def is_good(self) -> bool:
        return self.verdict not in WORST_FIRST


@dataclass(frozen=True, slots=True)
class Findings:
    """Makes the findings about one subject."""

    subject: str

    def good(self, text: str) -> Finding:
        return self._finding(Verdict.GOOD, text)

    def absent(self, text: str) -> Finding:
        return self._finding(Verdict.ABSENT, text)

    def incomplete(self, text: str) -> Finding:
        return self._finding(Verdict.INCOMPLETE, text)

    def failed(self, text: str) -> Finding:
        return self._finding(Verdict.FAILED, text)

    def misused(self, text: str) -> Finding:
        return self._finding(Verdict.MISUSED, text)

    def fault(self, error: Exception) -> Finding:
        """Report an error that a run would end with."""
        make = self.misused if isinstance(error, SettingsError) else self.failed
        return make(one_line(error))

    def _finding(self, verdict: Verdict, text: str) -> Finding:
        return Finding(subject=self.subject, verdict=verdict, text=text)


@contextmanager
def catching(found: list[Finding], findings: Findings) -> Iterator[None]:
    """Add the error that ends the block to what was found."""
    try:
        yield
    except (IngestError, OSError) as error:
        found.append(findings.fault(error))


def worst(findings: list[Finding]) -> Verdict | None:
    """Give the verdict that decides how the command ends; None if all is good."""
    verdicts = {each.verdict for each in findings}
    return next((each for each in WORST_FIRST if each in verdicts), None)
