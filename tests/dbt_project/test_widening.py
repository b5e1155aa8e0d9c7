"""A column's type is a function of the set of types that ever landed, not of their order."""

import pytest

from tests.dbt_project.conftest import Warehouse
from tests.dbt_project.widening_cases import ORDERS


@pytest.mark.parametrize("column", ORDERS, ids=[" ".join(order) for _, order in ORDERS.values()])
def test_a_column_has_the_type_that_holds_every_landed_one(
    warehouse: Warehouse, column: str
) -> None:
    widening, order = ORDERS[column]
    query = f"select typeof({column}), cast({column} as varchar) from main.widening "

    rows = warehouse.execute(query + "order by _snapshot_date").fetchall()

    types, values = zip(*rows, strict=True)
    assert set(types) == {widening.widened}
    assert values[: len(order)] == tuple(widening.landed[kind] for kind in order)
    assert set(values[len(order) :]) <= {None}
