"""The page of `just docs`: what it says of the tables, and that a browser shows it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import WarehouseError
from ingest.warehouse.models.docs import write_docs
from tests.dbt_project.conftest import open_warehouse
from tests.support.browser import show

SCHEMAS = ("main", "history", "ops", "marts", "staging", "state")
UNKNOWN_FIELDS = {
    f"{table}.preferred_language"
    for table in ("main.users", "history.users", "state.users", "staging.stg_users")
}
"""Of a field that came with the sample and that nobody has described."""
Show = Callable[[str], str]


@pytest.fixture(scope="module")
def page(world: Path) -> Path:
    return write_docs(world)


@pytest.fixture
def browser(page: Path) -> Show:
    """Open a place of the page in Chromium, and return what it shows once its program has run."""

    def open_place(place: str) -> str:
        return show(page, "--virtual-time-budget=20000", place=f"#!/{place}").dom

    return open_place


def inlined(page: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the manifest and the catalog out of the page."""
    text, start = page.read_text(), '{"metadata": {"dbt_schema_version"'
    places = [text.index(start), text.rindex(start)]
    manifest, tables = (json.JSONDecoder().raw_decode(text, place)[0] for place in places)
    return manifest, tables


def test_no_table_or_column_is_without_a_description(page: Path) -> None:
    manifest, tables = inlined(page)
    undescribed = set()
    for kind in ("nodes", "sources"):
        for key, found in tables[kind].items():
            node, name = manifest[kind][key], found["metadata"]["name"]
            if node["schema"] in SCHEMAS:
                columns = {**dict.fromkeys(found["columns"], ""), **_texts(node)}
                names = {f"{node['schema']}.{name}.{each}": columns[each] for each in columns}
                told = {f"{node['schema']}.{name}": node["description"], **names}
                undescribed |= {each for each, text in told.items() if not text}

    assert undescribed == UNKNOWN_FIELDS


def _texts(node: dict[str, Any]) -> dict[str, str]:
    return {name: column["description"] for name, column in node["columns"].items()}


def test_every_table_is_in_the_page_but_those_of_new_resources(page: Path, world: Path) -> None:
    _, tables = inlined(page)
    shown = {
        (found["metadata"]["schema"], found["metadata"]["name"])
        for kind in ("nodes", "sources")
        for found in tables[kind].values()
    }
    query = "select table_schema, table_name from information_schema.tables"
    with open_warehouse(world) as warehouse:
        there = {table for table in warehouse.execute(query).fetchall() if table[0] in SCHEMAS}

    assert {name for _, name in there - shown} == {"spending_plans", "stg_spending_plans"}


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("model/model.mx.users", "E-mail address"),
        ("model/model.mx.net_worth_by_month", "assets minus debts"),
    ],
)
def test_a_browser_shows_what_a_column_means(browser: Show, place: str, text: str) -> None:
    assert text in browser(place)


def test_without_a_warehouse_there_is_nothing_to_describe(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="expected a warehouse, found none"):
        write_docs(tmp_path)
