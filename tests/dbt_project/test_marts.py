"""Marts follow records that come, go and are closed."""

from tests.dbt_project.conftest import Warehouse
from tests.dbt_project.landing import CLIENT
from tests.dbt_project.marts_cases import BANK, CHANGES

QUERY = """
    select day(day), created, first_seen, returned, deleted, closed
    from marts.changes_by_day
    where client_guid = ? and resource = ?
    order by 1
"""


def test_a_record_that_comes_goes_or_is_closed_is_counted_on_that_day(warehouse: Warehouse) -> None:
    assert warehouse.execute(QUERY, [BANK, "accounts"]).fetchall() == CHANGES


def test_a_record_that_goes_with_its_owner_is_not_counted_as_deleted(warehouse: Warehouse) -> None:
    """U2 owns M2; M3 and M4 are deleted themselves, and M4 comes back."""
    assert warehouse.execute(QUERY, [CLIENT, "members"]).fetchall() == [
        (1, 4, 0, 0, 0, None),
        (2, 0, 0, 0, 2, None),
        (3, 0, 0, 1, 0, None),
    ]
