"""The page itself: one HTML file that needs nothing else; all text in it is escaped."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from ingest.settings.client_names import name_clients
from ingest.status.as_text import age
from ingest.status.client_days import DayState, ShownDays
from ingest.status.report.charts import LETTERS, calendar_chart, runs_chart, volume_chart
from ingest.status.report.facts import COMPLETE, ClientFacts, Facts
from ingest.status.report.volumes import Volume
from ingest.status.schedule import DUE_HOUR, KEPT_DAYS

MOST_TEXT: Final = 200
MOST_ROWS: Final = 50
"""Of each list; what is left out is counted, and `ingest report --json` has it."""


def render(facts: Facts) -> str:
    """Draw all facts as a page."""
    environment = Environment(
        loader=PackageLoader("ingest.status.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = {"utc": _utc, "shown": _shown, "figure": _figure, "age": age}
    named = partial(name_clients, names=facts.client_names)
    environment.filters.update(filters | {"client": lambda guid: _shown(named(guid))})
    return environment.get_template("page.html").render(
        facts=facts,
        served_badly=facts.served is not None and not facts.served.is_well,
        letters=LETTERS,
        states=list(DayState),
        most_rows=MOST_ROWS,
        due_hour=DUE_HOUR,
        kept_days=KEPT_DAYS,
        clients=[_drawn(client, now=facts.as_of) for client in facts.clients],
        unusual=_unusual(facts),
        runs_chart=runs_chart(facts.runs[::-1]),
    )


def _drawn(client: ClientFacts, *, now: datetime) -> dict[str, object]:
    complete = {day.snapshot_date for day in client.days if day.state in COMPLETE}
    span = ShownDays.of(client.days, now=now)
    shown = {
        resource: volumes
        for resource, volumes in client.volumes.items()
        if any(each.rows for each in volumes)
    }
    days = [day for day in client.days if span.has(day.snapshot_date)]
    return {
        "facts": client,
        "calendar": calendar_chart(days, span=span),
        "volumes": {
            resource: volume_chart(volumes, complete=complete, span=span, resource=resource)
            for resource, volumes in shown.items()
        },
        "days": days[::-1],
        "rows": _rows(client, shown),
        "quiet": sorted(client.volumes.keys() - shown.keys()),
    }


def _unusual(facts: Facts) -> list[tuple[str, str, Volume]]:
    """Give the marked volumes of the weeks that are drawn, the youngest first."""
    marked = [
        (client.client_guid, resource, each)
        for client in facts.clients
        for resource, volumes in client.volumes.items()
        for each in volumes
        if each.is_unusual
    ]
    return sorted(marked, key=lambda each: each[2].snapshot_date, reverse=True)


def _rows(client: ClientFacts, resources: Iterable[str]) -> dict[str, dict[object, object]]:
    return {
        resource: {each.snapshot_date: each for each in client.volumes[resource]}
        for resource in resources
    }


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else "–"


def _shown(text: str, most: int = MOST_TEXT) -> str:
    """Write a stranger's text so that nothing in it moves, hides or turns what stands beside it."""
    text = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return text if len(text) <= most else f"{text[:most]}…"


def _figure(number: float | None) -> str:
    return "–" if number is None else f"{number:,.6g}" if number % 1 else f"{number:,.0f}"
