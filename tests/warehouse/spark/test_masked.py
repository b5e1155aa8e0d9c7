"""The masked views hold what the masked release holds."""

import re

import pytest

from ingest.warehouse.models.catalogue import read_catalogue
from ingest.warehouse.spark.masked import masked_views

HASH = "sha2(concat({}, key()), 256)"


@pytest.mark.parametrize("hashed", [None, HASH])
def test_a_view_has_no_column_that_the_masked_release_lacks(hashed: str | None) -> None:
    catalogue = read_catalogue()
    views = read_views("\n".join(masked_views(catalogue, hashed=hashed)))

    assert {"main.users", "main.transactions", "marts.net_worth_by_month"} <= set(views)
    for name, columns in views.items():
        table = catalogue.table(*name.split("."))
        for column, value in columns.items():
            described = table.column(column)
            assert not described.is_hidden
            assert not described.is_masked or value == HASH.format(f"cast(`{column}` as string)")
    assert "guid" in views["main.users"]
    assert ("email" in views["main.users"]) == (hashed is not None)


def test_statements_stay_the_same_from_call_to_call() -> None:
    catalogue = read_catalogue()

    assert list(masked_views(catalogue, hashed=None)) == list(masked_views(catalogue, hashed=None))


def read_views(script: str) -> dict[str, dict[str, str]]:
    """Read the columns of each view, and the SQL of each."""
    found = {}
    for schema, name, selected in re.findall(
        r"create or replace view (\w+)_masked\.`(\w+)` as\nselect\n(.+?)\nfrom", script, re.DOTALL
    ):
        lines = [line.strip().removesuffix(",") for line in selected.splitlines()]
        pairs = [re.fullmatch(r"(?:(.+) as )?`(\w+)`", line) for line in lines]
        found[f"{schema}.{name}"] = {pair[2]: pair[1] or pair[2] for pair in pairs if pair}
    return found
