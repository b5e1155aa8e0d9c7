"""All that a report tells, in one place: the page draws it, and `--json` prints it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ingest.delivery.names import Delivery
from ingest.status.failed_runs import without_accounts
from ingest.status.grid import Overview, overview
from ingest.status.next_steps import steps_for_day
from ingest.status.report.days import Day, DayState, Freshness, days_of_clients, freshness
from ingest.status.report.history import History, Run, read_history
from ingest.status.report.mend import OpenDay, Quarantined, open_day, quarantined_files
from ingest.status.report.schema_changes import SchemaChange, schema_changes
from ingest.status.report.served import Served
from ingest.status.report.volumes import RULE, Volume, volumes_of_clients
from ingest.store.ledger.state import Failing, LedgerState

COMPLETE = (DayState.COMPLETE, DayState.LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """One client."""

    client_guid: str
    is_given_up: bool
    freshness: Freshness
    days: list[Day]
    volumes: dict[str, list[Volume]]
    """By resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All clients, at one moment."""

    as_of: datetime
    last_recorded_at: datetime | None
    """None where nothing has come yet."""
    alarms: int
    """As `ingest status` counts them: days that call for someone, names in quarantine, and that the
    last run failed."""
    failing: Failing | None
    """The last runs, if they failed."""
    clients: list[ClientFacts]
    open_days: list[OpenDay]
    quarantine: list[Quarantined]
    served: Served | None
    """What readers have; None where nobody has looked."""
    runs: list[Run]
    """The last ones, the youngest first."""
    schema_changes: list[SchemaChange]
    volume_rule: str = RULE


def gather(
    records: Iterable[dict[str, Any]],
    *,
    now: datetime,
    settle: timedelta,
    look: Callable[[LedgerState], Served] | None = None,
) -> Facts:
    """Gather all facts from the ledger's records.

    Args:
        look: looks at what readers have, in view of what has landed.
    """
    history = read_history(records)
    seen = overview(history.state, now=now, settle=settle)
    clients = _clients(seen, history=history, now=now)
    files = [file for day in seen.days for file in day.files]
    steps = {day.delivery: steps_for_day(day) for day in seen.days if day.is_alarm}
    return Facts(
        as_of=now,
        last_recorded_at=history.state.last_at if history.runs else None,
        alarms=seen.alarms,
        failing=_failing(seen),
        clients=clients,
        open_days=sorted(
            (
                open_day(
                    client.client_guid,
                    day,
                    next_steps=steps[Delivery(client.client_guid, day.snapshot_date)],
                )
                for client in clients
                for day in client.days
                if day.is_alarm
            ),
            key=lambda day: (day.days_to_loss <= 0, day.days_to_loss, day.client_guid),
        ),
        quarantine=quarantined_files(files, history=history),
        served=look(history.state) if look else None,
        runs=[_without_accounts(run) for run in reversed(history.runs)],
        schema_changes=schema_changes(history),
    )


def _clients(seen: Overview, *, history: History, now: datetime) -> list[ClientFacts]:
    days = days_of_clients(seen.days, history=history)
    volumes = volumes_of_clients(
        history.state.landed,
        complete={client: _complete(of_client) for client, of_client in days.items()},
    )
    return [
        ClientFacts(
            client_guid=client_guid,
            is_given_up=client_guid in history.state.given_up,
            freshness=freshness(of_client, now=now),
            days=of_client,
            volumes=volumes.get(client_guid, {}),
        )
        for client_guid, of_client in days.items()
    ]


def _failing(seen: Overview) -> Failing | None:
    failing = seen.failing
    return replace(failing, line=without_accounts(failing.line)) if failing else None


def _without_accounts(run: Run) -> Run:
    """A report is passed on."""
    return replace(run, failures=[without_accounts(failure) for failure in run.failures])


def _complete(days: list[Day]) -> set[date]:
    return {day.snapshot_date for day in days if day.state in COMPLETE}
