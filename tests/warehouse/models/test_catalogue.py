"""A column may be seen by those whom the YAML names; one that it does not name, by few."""

from pathlib import Path

import pytest

from ingest.warehouse.models.catalogue import Column, Privacy, read_catalogue

YAML = """
models:
  - name: visits
    description: >
      One row
      a visit
    config: {meta: {owners: {user_guid: users}}}
    columns:
      - {name: Page, description: What was seen, config: {meta: {privacy: none}}}
      - {name: user_guid, config: {meta: {privacy: personal}}}
      - {name: ip}
  - name: history_visits
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "current"
    folder.mkdir(parents=True)
    (folder / "visits.yml").write_text(YAML)
    return tmp_path


def test_a_table_has_its_description_and_its_owners(project: Path) -> None:
    table = read_catalogue(project).described["main", "visits"]

    assert (table.description, table.owners) == ("One row a visit", {"user_guid": "users"})


@pytest.mark.parametrize(
    ("name", "is_masked", "is_hidden"),
    [("page", False, False), ("user_guid", True, False), ("ip", False, True), ("x", False, True)],
)
def test_a_column_that_nobody_classed_is_hidden(
    project: Path, name: str, is_masked: bool, is_hidden: bool
) -> None:
    column = read_catalogue(project).described["main", "visits"].column(name)

    assert (column.is_masked, column.is_hidden) == (is_masked, is_hidden)


def test_a_name_of_a_column_is_found_in_any_case(project: Path) -> None:
    page = read_catalogue(project).table("main", "visits").column("PAGE")

    assert page == Column("What was seen", Privacy.NONE)


def test_a_resource_without_a_model_may_belong_to_users() -> None:
    assert read_catalogue().owners("of_tomorrow") == {"user_guid": "users"}


def test_owners_of_owners_are_owners() -> None:
    assert read_catalogue().all_owners("transactions") == {"users", "members", "accounts"}
