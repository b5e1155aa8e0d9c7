"""A field that came, widened or vanished is a change."""

from datetime import date, timedelta

from ingest.status.report.facts import Facts
from tests.status.world import (
    RESOURCES,
)


def test_a_new_field_is_a_change_of_schema(facts: Facts) -> None:
    added = {each.resource for each in facts.schema_changes if each.change == "added"}

    assert added == set(RESOURCES)
    assert facts.schema_changes[0].first_date == date(2026, 3, 30) - timedelta(days=29)
    assert facts.schema_changes[0].field == "<b>new"
