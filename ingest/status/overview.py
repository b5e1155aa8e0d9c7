"""The status of the days that were asked for, as facts for a program and in one line."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ingest.status.days import DayStatus, day_statuses
from ingest.status.files import Status
from ingest.status.next_steps import steps_for_day
from ingest.store.erased import Erasure
from ingest.store.facts import Failing
from ingest.store.index.state import LedgerState


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The days that were asked for, and what of them calls for someone."""

    days: list[DayStatus]
    bad_names: list[str]
    """Names in quarantine; they belong to no day and no client."""
    failing: Failing | None = None
    """The last runs, if they failed; told where no day or client was asked for."""
    erasures: list[Erasure] = field(default_factory=list)
    """Erasures that have not ended; told where no day or client was asked for."""

    @property
    def alarms(self) -> int:
        """Count days that call for someone, names, erasures, and that the last run failed."""
        is_failing = self.failing is not None
        return self.open_days + len(self.bad_names) + len(self.erasures) + is_failing

    @property
    def open_days(self) -> int:
        """Count days that call for someone."""
        return sum(day.is_alarm for day in self.days)

    def facts(self, *, with_landed: bool) -> dict[str, Any]:
        """Give all of it for a program."""
        return {
            "days": [day_facts(day, with_landed=with_landed) for day in self.days],
            "bad_names": self.bad_names,
            "failing": asdict(self.failing) if self.failing else None,
            "erasures": [asdict(each) for each in self.erasures],
            "alarms": self.alarms,
        }


def overview(
    state: LedgerState,
    *,
    now: datetime,
    settle: timedelta,
    client: str | None = None,
    day: date | None = None,
    with_given_up: bool = False,
) -> Overview:
    """Give the status of all days, or of those of one client, or of one day of each."""
    days = list(
        day_statuses(
            state, now=now, settle=settle, client=client, day=day, with_given_up=with_given_up
        )
    )
    is_all = client is None and day is None
    if not is_all:
        return Overview(days=days, bad_names=[])
    return Overview(
        days=days,
        bad_names=sorted(state.bad_names),
        failing=state.failing,
        erasures=[*state.meta.erasures],
    )


def day_facts(day: DayStatus, *, with_landed: bool) -> dict[str, Any]:
    """Give one day for a program; files that have landed are only counted unless asked for."""
    return {
        "client_guid": day.delivery.client_guid,
        "snapshot_date": day.delivery.snapshot_date.isoformat(),
        "standing": day.status,
        "days_to_loss": day.days_to_loss,
        "is_alarm": day.is_alarm,
        "next_steps": [asdict(step) for step in steps_for_day(day)] if day.is_alarm else [],
        "counts": {str(status): count for status, count in sorted(day.counts.items())},
        "files": [
            {
                "resource": file.key[1],
                "event": file.key[2],
                **({"part": file.key.part} if file.key.part > 1 else {}),
                "standing": file.status,
                "reason": file.reason,
                "is_alarm": file.is_alarm,
            }
            for file in day.files
            if with_landed or file.status != Status.LANDED
        ],
    }


def last_line(seen: Overview) -> str:
    """Say in a line what is incomplete, as `ingest run` does."""
    if not seen.alarms:
        return "everything due so far has arrived complete"
    counted = {
        "days": seen.open_days,
        "names": len(seen.bad_names),
        "erasures": len(seen.erasures),
    }
    parts = [f"{count:,} {what}" for what, count in counted.items() if count]
    if seen.failing:
        parts.append("the last run failed")
    return f"incomplete: {', '.join(parts)}; see: ingest report"
