"""The facts of records: what was archived, landed, found wrong. No I/O."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from ingest.delivery.manifest import Listing
from ingest.errors import Reason
from ingest.store.erased import Delivered, Erased

SMALLER: Final = "smaller than listed"
"""Why a file waits that is shorter than its manifest says."""
Version = tuple[int, float, str | None]
"""Changes when a source's file changes: size, modification time (0 for none), checksum."""


class What(StrEnum):
    """The kinds of records."""

    ARCHIVED = "archived"
    LISTED = "listed"
    LANDED = "landed"
    MADE_ANEW = "made_anew"
    WAITING = "waiting"
    QUARANTINED = "quarantined"
    GONE = "gone"
    SET_ASIDE = "set_aside"
    GIVEN_UP = "given_up"
    ERASURE = "erasure"
    ERASED = "erased"
    SCHEMA = "schema"
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """The newest bytes of one delivered file."""

    name: str
    encrypted_bytes: int
    encrypted_sha256: str
    at: datetime
    plain_sha256: str | None = None
    """Of a file that came in plain text; None where ciphertext came."""
    erased: Erased | None = None
    """Where an erasure wrote these bytes in place of the delivered ones."""

    @property
    def came(self) -> "Archived | Delivered":
        """The bytes as delivered, with their size and hash."""
        return self.erased.delivered if self.erased else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The last result of checking a daily file or a manifest."""

    what: What
    encrypted_sha256: str
    manifest_sha256: str | None
    """Of the ciphertext of the manifest it was checked against; None while there was none."""
    reason: str | None

    @property
    def is_quarantined(self) -> bool:
        return self.what == What.QUARANTINED


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """The version of a daily file that is in the landing."""

    encrypted_bytes: int
    encrypted_sha256: str
    plain_sha256: str
    plain_bytes: int
    record_count: int
    listed_checksum: str | None
    """As it was listed then, where that was not SHA-256."""
    parquet_sha256: str | None = None
    """Of the Parquet file; None where an older version landed it, which did not record this."""
    delivered: Delivered | None = None
    """The version as it came, where an erasure has taken rows out of it."""

    @property
    def as_delivered(self) -> Delivered:
        """Describe this version as it came."""
        facts = {name: getattr(self, name) for name in Delivered.__slots__}
        return self.delivered or Delivered(**facts)

    def fits(self, listing: Listing) -> bool:
        """Say whether a manifest or list describes exactly this version, as it came."""
        return self.as_delivered.is_listed_in(listing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a file or manifest was last turned away, and when."""

    name: str
    reason: str
    expected: str
    found: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """The last runs, where all of them failed."""

    since: datetime
    """When the first of them was recorded."""
    at: datetime
    """When the last of them was."""
    count: int
    line: str
    """The last line that the last one printed."""


@dataclass(slots=True)
class Twins:
    """Files of one stem that differ in extension and bytes: one of them counts."""

    others: dict[str, Archived] = field(default_factory=dict)
    """Those that do not count, by name."""
    refused: set[tuple[str, str | None]] = field(default_factory=set)
    """Quarantined ciphertexts by SHA-256, each with that of the manifest."""

    def choose(
        self, now: Archived, *, listing: Listing | None, manifest_sha256: str | None
    ) -> Archived:
        """Choose the one that counts: by hash, by size, not in quarantine, the newest."""
        candidates = {**self.others, now.name: now}
        chosen = max(
            candidates.values(),
            key=lambda each: (
                listing is not None and each.came.encrypted_sha256 == listing.checksum,
                listing is not None and each.came.encrypted_bytes == listing.encrypted_bytes,
                (each.encrypted_sha256, manifest_sha256) not in self.refused,
                each.at,
            ),
        )
        del candidates[chosen.name]
        self.others = candidates
        return chosen


def result_in(record: dict[str, Any]) -> Result:
    """Read the result that a record tells."""
    return Result(
        what=What(record["what"]),
        encrypted_sha256=record["encrypted_sha256"],
        manifest_sha256=record.get("manifest_sha256"),
        reason=record.get("reason"),
    )


def is_released(before: Result | None, after: Result) -> bool:
    """Say whether bytes that were set aside have another result now: an operator asked for it."""
    is_same = before is not None and before.encrypted_sha256 == after.encrypted_sha256
    was_aside = before is not None and before.reason == Reason.SET_ASIDE
    return is_same and was_aside and after.reason != Reason.SET_ASIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: when it began, and what it did if it came to its end."""

    run_id: str
    began_at: datetime
    seconds: float | None
    """None while it has no end on record: it is at work, or it failed or was stopped."""
    files_landed: int = 0
    rows_landed: int = 0
    plain_bytes: int = 0
    failures: list[str] = field(default_factory=list)
    alarms: int = 0


@dataclass(slots=True)
class Span:
    """From which day to which one a schema landed."""

    first_day: date
    first_file: str
    last_day: date

    @property
    def first(self) -> tuple[date, str]:
        """The start of the span; it sorts spans."""
        return (self.first_day, self.first_file)

    def add(self, day: date, file: str) -> None:
        """Take in a file that landed with the schema."""
        self.first_day, self.first_file = min(self.first, (day, file))
        self.last_day = max(self.last_day, day)
