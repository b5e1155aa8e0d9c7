"""Staging types a landed value, and counts each value that does not fit."""

from typing import Any

import pytest

from tests.dbt_project.conftest import Warehouse
from tests.dbt_project.typing_cases import CASES, CLIENT


@pytest.mark.parametrize(
    ("number", "case"), list(enumerate(CASES)), ids=[" ".join(map(str, case[:3])) for case in CASES]
)
def test_a_landed_value_is_typed_or_named_a_misfit(
    warehouse: Warehouse, number: int, case: tuple[str, str, Any, Any]
) -> None:
    column, _, _, typed = case

    found = warehouse.execute(
        f'select "{column}", split_part(unnest(coalesce(_event_misfits, [null])), chr(32), 1) '
        "from staging.stg_transactions "
        "where guid = ? and _client_guid = ?",
        [str(number), CLIENT],
    ).fetchall()

    assert found == [(typed, column if typed is None else None)]


def test_misfits_are_counted_by_file_and_column(warehouse: Warehouse) -> None:
    misfits = sum(typed is None for *_, typed in CASES)

    query = "select sum(row_count) from ops.misfits where contains(_source_file, ?)"
    assert warehouse.execute(query, [CLIENT]).fetchone() == (misfits,)


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("amount", [(3, "9_999", "2, 3, 4")]),
        ("posted_on", [(6, "9999-99-99", "1, 2, 3, 4, 5")]),
        ("latitude", [(1, f"Aaa 99aa{'a-' * 16}", "1")]),
        ("created_at", [(2, "9999-99-99A99:99:99-99:99", "5, 6")]),
    ],
)
def test_a_misfit_has_the_form_of_its_value_and_its_rows_and_no_letter_or_digit(
    warehouse: Warehouse, column: str, found: list[tuple[int, str, str]]
) -> None:
    query = """
        select row_count, example, row_numbers
        from ops.misfits
        where column_name = ? and _source_file in (
            select _source_file from staging.stg_transactions where _client_guid = ? and guid = ?
        )
    """
    guid = next(
        str(number)
        for number, case in enumerate(CASES)
        if case[:2] == (column, "varchar") and case[3] is None
    )

    assert warehouse.execute(query, [column, CLIENT, guid]).fetchall() == found


def test_columns_have_the_types_and_the_order_of_the_catalogue(warehouse: Warehouse) -> None:
    described = warehouse.execute("describe staging.stg_transactions").fetchall()
    types = {name: data_type for name, data_type, *_ in described}

    assert types["amount"] == "DECIMAL(18,2)"
    assert types["posted_on"] == "DATE"
    assert types["created_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["memo"] == "VARCHAR"
    assert list(types)[-8:] == [
        "_resource",
        "_event",
        "_snapshot_date",
        "_client_guid",
        "_row_number",
        "_source_file",
        "_source_sha256",
        "_event_misfits",
    ]
