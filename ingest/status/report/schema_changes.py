"""Fields added, widened or vanished, from what landed: `ops.schema_changes` without a warehouse."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ingest.store.facts import Span
from ingest.store.index.state import LedgerState
from ingest.store.index.totals import landed_days


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SchemaChange:
    """One change of one field; the type is None where the field vanished or holds only nulls."""

    first_date: date
    resource: str
    field: str
    change: str
    landed_type: str | None


def schema_changes(state: LedgerState) -> list[SchemaChange]:
    """Give all changes, the youngest first."""
    days = landed_days(state)
    changes = [
        change
        for resource, types in _types(state).items()
        for change in _changes_of(resource, types, days=days[resource])
    ]
    return sorted(
        changes,
        key=lambda each: (-each.first_date.toordinal(), each.resource, each.field, each.change),
    )


Types = dict[str, dict[str | None, Span]]
"""By field and landed type, from when to when."""


def _types(state: LedgerState) -> dict[str, Types]:
    known: dict[str, Types] = defaultdict(lambda: defaultdict(dict))
    for (resource, schema_id), span in state.meta.spans.items():
        for column in state.meta.schemas.get(schema_id, []):
            types = known[resource][column["name"].lower()]
            seen = types.setdefault(column["type"], replace(span))
            seen.add(span.first_day, span.first_file)
            seen.last_day = max(seen.last_day, span.last_day)
    return known


def _changes_of(resource: str, types: Types, *, days: set[date]) -> Iterator[SchemaChange]:
    for field, spans in types.items():
        in_order = sorted(spans.items(), key=lambda item: (item[1].first, item[0] or ""))
        for number, (landed_type, span) in enumerate(in_order):
            first = span.first_day
            if number or first > min(days):
                yield SchemaChange(
                    first_date=first,
                    resource=resource,
                    field=field,
                    change="widened" if number else "added",
                    landed_type=landed_type,
                )
        last = max(span.last_day for span in spans.values())
        if later := [day for day in days if day > last]:
            yield SchemaChange(
                first_date=min(later),
                resource=resource,
                field=field,
                change="vanished",
                landed_type=None,
            )
