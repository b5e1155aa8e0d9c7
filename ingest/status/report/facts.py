"""All that a report tells, in one place: the page draws it, and `--json` prints it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from ingest.delivery.names import Delivery
from ingest.status.client_days import (
    Day,
    DayState,
    Freshness,
    ShownDays,
    days_of_clients,
    freshness,
)
from ingest.status.next_steps import steps_for_day
from ingest.status.overview import Overview, overview
from ingest.status.report.readers import Served
from ingest.status.report.schema_changes import SchemaChange, schema_changes
from ingest.status.report.to_do import OpenDay, Quarantined, open_day, quarantined_files
from ingest.status.report.volumes import RULE, DrawnDays, Volume, volumes_of
from ingest.status.runs import without_accounts
from ingest.store.erased import Erasure
from ingest.store.facts import Failing, Run
from ingest.store.index.state import LedgerState

NO_NAMES: Final = MappingProxyType[str, str]({})
COMPLETE = (DayState.COMPLETE, DayState.LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """One client."""

    client_guid: str
    is_given_up: bool
    freshness: Freshness
    days: list[Day]
    volumes: dict[str, list[Volume]]
    """By resource, of the days that a report draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All clients, at one moment."""

    as_of: datetime
    last_recorded_at: datetime | None
    """None where nothing has come yet."""
    alarms: int
    """As `ingest status` counts them: days that call for someone, names in quarantine, erasures
    that have not ended, and that the last run failed."""
    failing: Failing | None
    """The last runs, if they failed."""
    erasures: list[Erasure]
    """Those that have not ended."""
    clients: list[ClientFacts]
    open_days: list[OpenDay]
    quarantine: list[Quarantined]
    served: Served | None
    """What readers have; None where nobody has looked."""
    client_names: dict[str, str]
    """By GUID, as a setting gives them."""
    runs: list[Run]
    """The last ones, the youngest first."""
    schema_changes: list[SchemaChange]
    volume_rule: str = RULE


def gather(
    state: LedgerState,
    *,
    now: datetime,
    settle: timedelta,
    served: Served | None = None,
    client_names: Mapping[str, str] = NO_NAMES,
) -> Facts:
    """Gather all facts from what the ledger says.

    Args:
        served: what readers have.
    """
    seen = overview(state, now=now, settle=settle)
    clients = _clients(seen, state=state, now=now)
    return Facts(
        as_of=now,
        last_recorded_at=state.last_at if state.runs else None,
        alarms=seen.alarms,
        failing=_failing(seen),
        erasures=seen.erasures,
        clients=clients,
        open_days=_open_days(seen, clients),
        quarantine=quarantined_files(
            (file for day in seen.days for file in day.files), state=state
        ),
        served=served,
        client_names=dict(client_names),
        runs=[_without_accounts(run) for run in reversed(state.runs)],
        schema_changes=schema_changes(state),
    )


def _clients(seen: Overview, *, state: LedgerState, now: datetime) -> list[ClientFacts]:
    clients = []
    for client_guid, days in days_of_clients(seen.days, began_at=state.meta.began_at).items():
        span = ShownDays.of(days, now=now)
        complete = {day.snapshot_date for day in days if day.state in COMPLETE}
        drawn = DrawnDays(first=span.first, last=span.last, complete=complete)
        clients.append(
            ClientFacts(
                client_guid=client_guid,
                is_given_up=client_guid in state.meta.given_up,
                freshness=freshness(days, now=now),
                days=days,
                volumes=volumes_of(state, client_guid, days=drawn),
            )
        )
    return clients


def _open_days(seen: Overview, clients: list[ClientFacts]) -> list[OpenDay]:
    """Give the days that somebody has to act on, the most urgent first."""
    steps = {day.delivery: steps_for_day(day) for day in seen.days if day.is_alarm}
    days = [
        open_day(
            client.client_guid,
            day,
            next_steps=steps[Delivery(client.client_guid, day.snapshot_date)],
        )
        for client in clients
        for day in client.days
        if day.is_alarm
    ]
    return sorted(days, key=lambda day: (day.days_to_loss <= 0, day.days_to_loss, day.client_guid))


def _failing(seen: Overview) -> Failing | None:
    failing = seen.failing
    return replace(failing, line=without_accounts(failing.line)) if failing else None


def _without_accounts(run: Run) -> Run:
    """A report is passed on."""
    return replace(run, failures=[without_accounts(failure) for failure in run.failures])
